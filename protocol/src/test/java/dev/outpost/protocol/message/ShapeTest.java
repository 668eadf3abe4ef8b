package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.assertFailure;
import static dev.outpost.protocol.message.Parameters.assertInvalid;
import static dev.outpost.protocol.message.Parameters.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
    private static final Field<String> NAME = Field.required("name", Decoders::string);
    private static final Field<List<String>> WORDS = Field.required("words", Decoders::strings);
    private static final Field<Long> COUNT = Field.optional("count", Decoders::unsigned);
    private static final Field<Boolean> FLAG = Field.withDefault("flag", true, Decoders::bool);
    private static final Field<Map<String, String>> LATE = Field.optional("late", Decoders::stringMap);
    private static final Shape SHAPE = new Shape("struct Sample", 4, NAME, WORDS, COUNT, FLAG, LATE);

    @Test
    @Spec({"W35", "N5"})
    void readsMembersInAnyOrderAndSkipsUnknownOnes() throws RpcException {
        Values values = SHAPE.decode(json(
                "{\"x\":{\"name\":5},\"flag\":false,\"words\":[\"a\",\"b\"],\"y\":[[]],\"count\":7,\"name\":\"n\"}"));
        assertThat(values.get(NAME)).isEqualTo("n");
        assertThat(values.get(WORDS)).containsExactly("a", "b");
        assertThat(values.find(COUNT)).isEqualTo(7);
        assertThat(values.get(FLAG)).isFalse();
        assertThat(values.find(LATE)).isNull();
    }

    @Test
    @Spec("W35")
    void optionalMayBeAbsentOrNullAndDefaultOnlyAbsent() throws RpcException {
        assertThat(SHAPE.decode(json("{\"name\":\"n\",\"words\":[]}")).find(COUNT))
                .isNull();
        assertThat(SHAPE.decode(json("{\"name\":\"n\",\"words\":[],\"count\":null}"))
                        .find(COUNT))
                .isNull();
        assertThat(SHAPE.decode(json("{\"name\":\"n\",\"words\":[]}")).get(FLAG))
                .isTrue();
        assertInvalid(
                SHAPE::decode, "{\"name\":\"n\",\"words\":[],\"flag\":null}", "invalid type: null, expected a boolean");
        assertInvalid(SHAPE::decode, "{\"name\":null}", "invalid type: null, expected a string");
    }

    @Test
    @Spec("W35")
    void theLastDuplicateCountsAlsoWhereAnEarlierOneIsWrong() throws RpcException {
        Values values = SHAPE.decode(
                json("{\"name\":5,\"words\":[\"a\",{}],\"name\":\"n\",\"words\":[],\"count\":1,\"count\":null}"));
        assertThat(values.get(NAME)).isEqualTo("n");
        assertThat(values.get(WORDS)).isEmpty();
        assertThat(values.find(COUNT)).isNull();
        assertInvalid(
                SHAPE::decode,
                "{\"name\":\"n\",\"words\":[],\"name\":5}",
                "invalid type: integer `5`, expected a string");
    }

    @Test
    @Spec("W68")
    void wrongTypesComeFirstInTheOrderOfTheDocument() {
        assertInvalid(SHAPE::decode, "{\"words\":5,\"name\":6}", "invalid type: integer `5`, expected a sequence");
        assertInvalid(SHAPE::decode, "{\"count\":[{\"a\":[1]}],\"name\":6}", "invalid type: sequence, expected u64");
        assertInvalid(SHAPE::decode, "{\"flag\":1}", "invalid type: integer `1`, expected a boolean");
    }

    @Test
    @Spec("W68")
    void thenMissingFieldsInTheOrderOfDeclaration() {
        assertInvalid(SHAPE::decode, "{}", "missing field `name`");
        assertInvalid(SHAPE::decode, "{\"words\":[]}", "missing field `name`");
        assertInvalid(SHAPE::decode, "{\"name\":\"n\"}", "missing field `words`");
    }

    @Test
    @Spec({"W34", "W68"})
    void absentParametersAreNull() {
        String text = "invalid type: null, expected struct Sample";
        assertFailure(SHAPE::decode, JsonSlice.ABSENT, ErrorCode.INVALID_PARAMS, text);
        assertInvalid(SHAPE::decode, "null", text);
    }

    @Test
    @Spec("W34")
    void anArrayIsTheFieldsByPosition() throws RpcException {
        Values values = SHAPE.decode(json("[\"n\",[\"a\"],null,false]"));
        assertThat(values.get(NAME)).isEqualTo("n");
        assertThat(values.get(WORDS)).containsExactly("a");
        assertThat(values.find(COUNT)).isNull();
        assertThat(values.get(FLAG)).isFalse();
        assertThat(SHAPE.decode(json("[\"n\",[]]")).get(FLAG)).isTrue();
        assertInvalid(SHAPE::decode, "[]", "invalid length 0, expected struct Sample with 4 elements");
        assertInvalid(SHAPE::decode, "[\"n\"]", "invalid length 1, expected struct Sample with 4 elements");
        assertInvalid(SHAPE::decode, "[\"n\",[],1,true,{}]", "invalid length 5, expected fewer elements in array");
        assertInvalid(SHAPE::decode, "[5]", "invalid type: integer `5`, expected a string");
    }

    @ParameterizedTest
    @Spec("W68")
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | integer `5`",
                "-5 | integer `-5`",
                "18446744073709551615 | integer `18446744073709551615`",
                "-9223372036854775808 | integer `-9223372036854775808`",
                "-9223372036854775809 | floating point `-9.223372036854776e+18`",
                "18446744073709551616 | floating point `1.8446744073709552e+19`",
                "1.5 | floating point `1.5`",
                "1.0 | floating point `1.0`",
                "-0 | floating point `-0.0`",
                "0.0 | floating point `0.0`",
                "1e300 | floating point `1e+300`",
                "100000000000000000000 | floating point `1e+20`",
                "1e15 | floating point `1000000000000000.0`",
                "1e-7 | floating point `1e-7`",
                "0.25e-1 | floating point `0.025`",
                "-12.5 | floating point `-12.5`",
                "true | boolean `true`",
                "false | boolean `false`",
                "null | null",
                "[] | sequence",
                "{\"a\":1} | map",
            })
    void namesWhatItFound(String value, String found) {
        assertInvalid(SHAPE::decode, "{\"name\":" + value + "}", "invalid type: " + found + ", expected a string");
    }

    @Test
    @Spec("W68")
    void quotesStringsAsRustDoes() {
        assertInvalid(
                SHAPE::decode,
                "\"a\\\"\\\\\\n\\r\\t\\u0000\\u0007'\\u00e9\"",
                "invalid type: string \"a\\\"\\\\\\n\\r\\t\\0\\u{7}'\u00e9\", expected struct Sample");
    }

    @ParameterizedTest
    @Spec({"W68", "W90"})
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | invalid value: integer `-1`, expected u64",
                "-9223372036854775808 | invalid value: integer `-9223372036854775808`, expected u64",
                "1.0 | invalid type: floating point `1.0`, expected u64",
                "18446744073709551616 | invalid type: floating point `1.8446744073709552e+19`, expected u64",
                "\"1\" | invalid type: string \"1\", expected u64",
                "true | invalid type: boolean `true`, expected u64",
            })
    void wrongNumbers(String value, String message) {
        assertInvalid(SHAPE::decode, "{\"count\":" + value + "}", message);
    }

    @ParameterizedTest
    @Spec("W90")
    @CsvSource({
        "0, 0",
        "1, 1",
        "999999999999999999, 999999999999999999",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775807",
        "18446744073709551615, 9223372036854775807",
    })
    void goodNumbers(String value, long number) throws RpcException {
        assertThat(SHAPE.decode(json("{\"name\":\"n\",\"words\":[],\"count\":" + value + "}"))
                        .find(COUNT))
                .isEqualTo(number);
    }

    @Test
    @Spec("W68")
    void wrongElements() throws RpcException {
        assertInvalid(SHAPE::decode, "{\"words\":[\"a\",null]}", "invalid type: null, expected a string");
        assertInvalid(SHAPE::decode, "{\"late\":[]}", "invalid type: sequence, expected a map");
        assertInvalid(SHAPE::decode, "{\"late\":{\"a\":{}}}", "invalid type: map, expected a string");
        assertThat(SHAPE.decode(json("{\"name\":\"n\",\"words\":[],\"late\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}}"))
                        .find(LATE))
                .isEqualTo(Map.of("a", "3", "b", "2"));
    }

    @ParameterizedTest
    @Spec("W68")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"weird\" | unknown variant `weird`, expected one of `core`, `all`, `none`",
                "\"Core\" | unknown variant `Core`, expected one of `core`, `all`, `none`",
                "5 | invalid type: integer `5`, expected string or map",
                "null | invalid type: null, expected string or map",
                "[] | invalid type: sequence, expected string or map",
                "{} | invalid value: map, expected map with a single key",
                "{\"core\":null,\"all\":null} | invalid value: map, expected map with a single key",
                "{\"zzz\":null} | unknown variant `zzz`, expected one of `core`, `all`, `none`",
            })
    void wrongWords(String value, String message) {
        assertInvalid(words("core", "all", "none")::decode, "{\"word\":" + value + "}", message);
    }

    @Test
    @Spec("W68")
    void fewWords() throws RpcException {
        assertInvalid(words("a")::decode, "{\"word\":\"x\"}", "unknown variant `x`, expected `a`");
        assertInvalid(words("a", "b")::decode, "{\"word\":\"x\"}", "unknown variant `x`, expected `a` or `b`");
        words("a", "b").decode(json("{\"word\":{\"b\":null},\"other\":1}"));
    }

    private static Shape words(String... words) {
        return new Shape("struct S", 1, Field.required("word", Decoders.oneOf(List.of(words), List.of(words))));
    }
}
