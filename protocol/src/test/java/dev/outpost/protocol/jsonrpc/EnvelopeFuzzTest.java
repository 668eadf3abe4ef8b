package dev.outpost.protocol.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.Envelope;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every input is exactly what the specification's table makes of it; an id comes back as JSON of the same type and value;
 * a beginning of a message never has another id than the whole.
 */
@Spec({"W22", "W23", "W24", "W25", "W26", "W28", "W29", "W31", "W33", "N14d"})
class EnvelopeFuzzTest extends FuzzContract {
    @Override
    protected void check(byte[] input) {
        byte[] before = input.clone();
        IncomingMessage message = IncomingMessage.parse(input, input.length);
        assertThat(input).as("the message itself").isEqualTo(before);
        switch (message) {
            case IncomingMessage.Request(RequestId id, String method, JsonSlice params) -> {
                assertThat(echoed(id)).isInstanceOfAny(Json.Text.class, Json.Number.class);
                assertThat(Envelope.of(input)).isEqualTo(new Envelope.Request(echoed(id), method, json(params)));
                checkPrefixes(input, id);
            }
            case IncomingMessage.Notification(String method, JsonSlice params) ->
                assertThat(Envelope.of(input)).isEqualTo(new Envelope.Notification(method, json(params)));
            case IncomingMessage.Response(RequestId id, JsonSlice result) ->
                assertThat(Envelope.of(input)).isEqualTo(new Envelope.Response(echoed(id), present(json(result))));
            case IncomingMessage.ErrorResponse(RequestId id, long code, String text) ->
                assertThat(Envelope.of(input)).isEqualTo(new Envelope.Failure(echoed(id), code, text));
            case IncomingMessage.Malformed(String parserText) -> {
                assertThat(parserText).isNotBlank();
                assertThat(Envelope.of(input)).isEqualTo(new Envelope.Malformed());
                IncomingMessage.idOfPrefix(input, input.length);
            }
        }
    }

    @Override
    protected List<byte[]> moreInputs() {
        return recordedMessages();
    }

    /** The id as the whole answer has it. */
    private static Json echoed(RequestId id) {
        JsonOutput out = new JsonOutput();
        Answers.result(out, id, result -> result.raw("null"));
        byte[] answer = Arrays.copyOf(out.array(), out.size());
        assertThat(Envelope.of(answer)).as(new String(answer, UTF_8)).isInstanceOf(Envelope.Response.class);
        return ((Envelope.Response) Envelope.of(answer)).id();
    }

    /** Of a number one digit more or less is another number. */
    private static void checkPrefixes(byte[] input, RequestId id) {
        int step = 1 + input.length / 64;
        for (int length = 0; length <= input.length; length += step) {
            RequestId early = IncomingMessage.idOfPrefix(input, length);
            if (!early.equals(id)) {
                assertThat(early).as("after %d bytes", length).isEqualTo(RequestId.UNKNOWN);
            }
        }
    }

    private static @Nullable Json json(JsonSlice slice) {
        return slice.isAbsent()
                ? null
                : present(Json.parse(Arrays.copyOfRange(slice.bytes(), slice.start(), slice.end())));
    }

    private static Json present(@Nullable Json json) {
        return Objects.requireNonNull(json, "a part of a message that is no JSON");
    }
}
