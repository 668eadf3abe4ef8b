package dev.outpost.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reader and text check together accept what is JSON for this protocol, and nothing else; they see in it what Jackson's
 * data binding sees; and a value that was written is the value that is read.
 */
@Spec({"W31", "W70"})
class JsonReaderFuzzTest extends FuzzContract {
    private static final JsonMapper BINDING = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonReader.MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    @Override
    protected void check(byte[] input) {
        String flaw = JsonText.flaw(input, input.length);
        Json read = flaw == null ? read(input) : null;
        assertThat(read).isEqualTo(Json.parse(input));
        if (read == null) {
            return;
        }
        int end = input.length;
        while (input[end - 1] <= ' ') {
            end--;
        }
        checkParts(new JsonSlice(input, 0, end), read);
        JsonNode bound = bound(input);
        if (bound != null) {
            assertThat(BINDING.readTree(written(read))).isEqualTo(bound);
        }
    }

    @Override
    protected List<byte[]> moreInputs() {
        return recordedMessages();
    }

    /** The value, or null if the reader refuses it. */
    private static @Nullable Json read(byte[] input) {
        try (JsonReader in = new JsonReader(input, 0, input.length)) {
            try {
                Json value = in.next() == JsonToken.NOT_AVAILABLE ? null : value(in);
                return in.next() == JsonToken.NOT_AVAILABLE ? value : null;
            } catch (JacksonException e) {
                assertThat(in.explain(e)).contains(" at line ");
                return null;
            }
        }
    }

    private static Json value(JsonReader in) {
        return switch (in.token()) {
            case START_OBJECT -> members(in);
            case START_ARRAY -> elements(in);
            case VALUE_STRING -> string(in);
            case VALUE_NUMBER_INT -> new Json.Number(in.text(), true);
            case VALUE_NUMBER_FLOAT -> new Json.Number(in.text(), false);
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> new Json.Word(in.text());
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new AssertionError("a value cannot begin with " + in.token());
        };
    }

    private static Json members(JsonReader in) {
        List<Json.Member> members = new ArrayList<>();
        while (in.next() == JsonToken.PROPERTY_NAME) {
            String name = in.text();
            in.next();
            members.add(new Json.Member(name, value(in)));
        }
        assertThat(in.token()).isEqualTo(JsonToken.END_OBJECT);
        return new Json.Members(members);
    }

    private static Json elements(JsonReader in) {
        List<Json> elements = new ArrayList<>();
        while (in.next() != JsonToken.END_ARRAY) {
            elements.add(value(in));
        }
        return new Json.Elements(elements);
    }

    private static Json string(JsonReader in) {
        JsonSlice bytes = in.stringBytes();
        String text = in.text();
        assertThat(Arrays.copyOfRange(bytes.bytes(), bytes.start(), bytes.end()))
                .isEqualTo(text.getBytes(UTF_8));
        return new Json.Text(text);
    }

    /** Each part, skipped instead of read, is the whole of it and nothing else; and so are its parts. */
    private static void checkParts(JsonSlice slice, Json value) {
        try (JsonReader in = JsonReader.at(slice)) {
            int depth = in.depth();
            switch (value) {
                case Json.Members(List<Json.Member> members) -> {
                    for (Json.Member member : members) {
                        assertThat(in.next()).isEqualTo(JsonToken.PROPERTY_NAME);
                        in.next();
                        checkPart(in.slice(), member.value());
                        assertThat(in.depth()).isEqualTo(depth);
                    }
                }
                case Json.Elements(List<Json> elements) -> {
                    for (Json element : elements) {
                        in.next();
                        checkPart(in.slice(), element);
                        assertThat(in.depth()).isEqualTo(depth);
                    }
                }
                case Json.Text _, Json.Number _, Json.Word _ ->
                    assertThat(in.slice().toString()).isEqualTo(slice.toString().strip());
            }
        }
    }

    private static void checkPart(JsonSlice slice, Json value) {
        assertThat(Json.parse(Arrays.copyOfRange(slice.bytes(), slice.start(), slice.end())))
                .isEqualTo(value);
        checkParts(slice, value);
    }

    private static @Nullable JsonNode bound(byte[] input) {
        try {
            return BINDING.readTree(input);
        } catch (JacksonException e) {
            return null; // A name twice in one object.
        }
    }

    private static String written(Json value) {
        JsonOutput out = new JsonOutput();
        write(out, value);
        return new String(out.array(), 0, out.size(), UTF_8);
    }

    private static void write(JsonOutput out, Json value) {
        switch (value) {
            case Json.Members(List<Json.Member> members) -> {
                String separator = "{";
                for (Json.Member member : members) {
                    out.raw(separator).string(member.name()).raw(":");
                    write(out, member.value());
                    separator = ",";
                }
                out.raw(members.isEmpty() ? "{}" : "}");
            }
            case Json.Elements(List<Json> elements) -> {
                String separator = "[";
                for (Json element : elements) {
                    out.raw(separator);
                    write(out, element);
                    separator = ",";
                }
                out.raw(elements.isEmpty() ? "[]" : "]");
            }
            case Json.Text(String text) -> out.string(text);
            case Json.Number(String digits, boolean _) -> out.raw(digits);
            case Json.Word(String word) -> out.raw(word);
        }
    }
}
