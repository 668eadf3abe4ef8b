package dev.outpost.testkit.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as the protocol takes it (spec W31, W70): UTF-8 by the JDK's decoder, Jackson's parser for characters, and what
 * Jackson would let through refused here. Members keep their order, and a name may occur twice.
 */
public sealed interface Json {
    /** An object. */
    record Members(List<Member> list) implements Json {
        /** All values that a name has. */
        public List<Json> values(String name) {
            return list.stream()
                    .filter(member -> member.name.equals(name))
                    .map(Member::value)
                    .toList();
        }
    }

    /** One member of an object. */
    record Member(String name, Json value) {}

    /** An array. */
    record Elements(List<Json> list) implements Json {}

    /** A string. */
    record Text(String value) implements Json {}

    /** A number as it was written. */
    @SuppressWarnings("AvoidCommonTypeNames")
    record Number(String digits, boolean integer) implements Json {}

    /** {@code true}, {@code false} or {@code null}. */
    record Word(String word) implements Json {}

    /** Null. */
    Word NULL = new Word("null");

    /** The value that the bytes are; null if they are not one JSON value. */
    static @Nullable Json parse(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? null : new Parsing(text).whole();
        } catch (CharacterCodingException | JacksonException | NotJson e) {
            return null;
        }
    }

    /** Something that Jackson accepts and the protocol doesn't. */
    final class NotJson extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** One run of the parser. */
    final class Parsing {
        private static final JsonFactory FACTORY = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(127)
                        .maxNumberLength(1000)
                        .maxNameLength(16 * 1024)
                        .build())
                .build();

        private final JsonParser in;

        private Parsing(String text) {
            in = FACTORY.createParser(ObjectReadContext.empty(), text);
        }

        private @Nullable Json whole() throws NotJson {
            JsonToken first = in.nextToken();
            Json value = first == null ? null : value(first);
            return in.nextToken() == null ? value : null;
        }

        private Json value(@Nullable JsonToken token) throws NotJson {
            return switch (token) {
                case START_OBJECT -> members();
                case START_ARRAY -> elements();
                case VALUE_STRING -> new Text(text());
                case VALUE_NUMBER_INT -> number(true);
                case VALUE_NUMBER_FLOAT -> number(false);
                case VALUE_TRUE -> new Word("true");
                case VALUE_FALSE -> new Word("false");
                case VALUE_NULL -> NULL;
                case null, default -> throw new NotJson();
            };
        }

        private Json members() throws NotJson {
            List<Member> members = new ArrayList<>();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = text();
                members.add(new Member(name, value(in.nextToken())));
            }
            return new Members(members);
        }

        private Json elements() throws NotJson {
            List<Json> elements = new ArrayList<>();
            for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
                elements.add(value(token));
            }
            return new Elements(elements);
        }

        /** A string whose surrogates are in pairs: no other can be UTF-8. */
        private String text() throws NotJson {
            String text = in.getString();
            for (int i = 0; i < text.length(); i++) {
                if (Character.isSurrogate(text.charAt(i))) {
                    if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                        throw new NotJson();
                    }
                    i++;
                }
            }
            return text;
        }

        private Json number(boolean integer) throws NotJson {
            String digits = in.getString();
            if (Double.isInfinite(Double.parseDouble(digits))) {
                throw new NotJson();
            }
            return new Number(digits, integer);
        }
    }
}
