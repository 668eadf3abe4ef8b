package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.assertFailure;
import static dev.outpost.protocol.message.Parameters.assertInvalid;
import static dev.outpost.protocol.message.Parameters.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessParamsTest {
    @Nested
    @Spec({"W77", "W78", "W40"})
    class Initialize {
        @ParameterizedTest
        @Spec("W61")
        @ValueSource(
                strings = {
                    "{\"clientName\":\"c\"}",
                    "{\"clientName\":\"c\",\"resumeSessionId\":null}",
                    "{\"clientName\":\"c\",\"future\":{\"a\":1}}",
                    "[\"c\"]",
                    "[\"c\",null]"
                })
        void newSession(String params) throws RpcException {
            assertThat(InitializeParams.decode(json(params))).isEqualTo(new InitializeParams("c", null));
        }

        @Test
        void resume() throws RpcException {
            assertThat(InitializeParams.decode(json("{\"clientName\":\"\",\"resumeSessionId\":\"s\"}")))
                    .isEqualTo(new InitializeParams("", "s"));
        }

        @Test
        @Spec("W68")
        void failures() {
            assertInvalid(InitializeParams::decode, "{}", "missing field `clientName`");
            assertInvalid(
                    InitializeParams::decode,
                    "[]",
                    "invalid length 0, expected struct InitializeParams with 2 elements");
            assertInvalid(
                    InitializeParams::decode,
                    "{\"clientName\":\"c\",\"resumeSessionId\":[1]}",
                    "invalid type: sequence, expected a string");
            assertFailure(
                    InitializeParams::decode,
                    JsonSlice.ABSENT,
                    ErrorCode.INVALID_PARAMS,
                    "invalid type: null, expected struct InitializeParams");
        }
    }

    @Nested
    @Spec("W90")
    class Read {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"processId\":\"p\"}",
                    "{\"processId\":\"p\",\"afterSeq\":null,\"maxBytes\":null,\"waitMs\":null}",
                    "{\"processId\":\"p\",\"afterSeq\":0,\"waitMs\":0,\"future\":1}"
                })
        void defaults(String params) throws RpcException {
            assertThat(ReadParams.decode(json(params))).isEqualTo(new ReadParams(new ProcessId("p"), 0, null, 0));
        }

        @Test
        void everything() throws RpcException {
            assertThat(ReadParams.decode(
                            json("{\"waitMs\":3,\"maxBytes\":18446744073709551615,\"afterSeq\":1,\"processId\":\"\"}")))
                    .isEqualTo(new ReadParams(new ProcessId(""), 1, Long.MAX_VALUE, 3));
            assertThat(ReadParams.decode(json("[\"p\",1,2,3]")))
                    .isEqualTo(new ReadParams(new ProcessId("p"), 1, 2L, 3));
        }

        @Test
        @Spec("W68")
        void failures() {
            assertInvalid(ReadParams::decode, "{}", "missing field `processId`");
            assertInvalid(ReadParams::decode, "null", "invalid type: null, expected struct ReadParams");
            assertInvalid(
                    ReadParams::decode,
                    "{\"processId\":\"p\",\"waitMs\":-1,\"afterSeq\":-2}",
                    "invalid value: integer `-1`, expected u64");
        }
    }

    @Nested
    @Spec({"W91", "N41"})
    class Write {
        @Test
        void withoutWriteId() throws RpcException {
            for (String params : new String[] {
                "{\"processId\":\"p\",\"chunk\":\"aGk=\"}",
                "{\"processId\":\"p\",\"chunk\":\"aGk=\",\"writeId\":null}",
                "{\"processId\":\"p\",\"chunk\":\"aGk=\",\"future\":[]}",
            }) {
                WriteParams write = WriteParams.decode(json(params));
                assertThat(write.processId()).isEqualTo(new ProcessId("p"));
                assertThat(write.chunk()).isEqualTo("hi".getBytes(UTF_8));
                assertThat(write.writeId()).isNull();
            }
        }

        @Test
        void withWriteId() throws RpcException {
            WriteParams write = WriteParams.decode(json("{\"writeId\":\"w-1\",\"chunk\":\"\",\"processId\":\"p\"}"));
            assertThat(write.writeId()).isEqualTo("w-1");
            assertThat(write.chunk()).isEmpty();
        }

        @Test
        @Spec("W36")
        void escapesInBase64() throws RpcException {
            assertThat(WriteParams.decode(json("{\"processId\":\"p\",\"chunk\":\"\\u0041AAA\\/w==\"}"))
                            .chunk())
                    .containsExactly(0, 0, 0, 255);
        }

        @ParameterizedTest
        @Spec({"W36", "W68", "P39"})
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"processId\":\"p\",\"chunk\":\"!!!!\"} | Invalid symbol 33, offset 0.",
                    "{\"processId\":\"p\",\"chunk\":\"_-8=\"} | Invalid symbol 95, offset 0.",
                    "{\"chunk\":\"YQ\"} | Invalid padding",
                    "{\"processId\":\"p\",\"chunk\":null} | invalid type: null, expected a string",
                    "{\"processId\":\"p\"} | missing field `chunk`",
                    "{\"processId\":\"p\",\"chunk\":\"YQ==\",\"writeId\":\"\"} | writeId must not be empty",
                    "{\"processId\":\"p\",\"chunk\":\"YQ==\",\"writeId\":5} | invalid type: integer `5`, expected a string",
                    "null | invalid type: null, expected struct WriteParams",
                })
        void failures(String params, String message) {
            assertInvalid(WriteParams::decode, params, message);
        }
    }

    @Test
    @Spec("W92")
    void terminate() throws RpcException {
        assertThat(TerminateParams.decode(json("{\"processId\":\"p\",\"x\":1}")))
                .isEqualTo(new TerminateParams(new ProcessId("p")));
        assertInvalid(TerminateParams::decode, "{}", "missing field `processId`");
        assertInvalid(TerminateParams::decode, "null", "invalid type: null, expected struct TerminateParams");
    }

    @Test
    @Spec("N55")
    void signal() throws RpcException {
        assertThat(SignalParams.decode(json("{\"processId\":\"p\",\"signal\":\"interrupt\"}")))
                .isEqualTo(new SignalParams(new ProcessId("p"), ProcessSignal.INTERRUPT));
        assertInvalid(
                SignalParams::decode,
                "{\"processId\":\"p\",\"signal\":\"kill\"}",
                "unknown variant `kill`, expected `interrupt`");
        assertInvalid(SignalParams::decode, "{\"processId\":\"p\"}", "missing field `signal`");
        assertInvalid(SignalParams::decode, "null", "invalid type: null, expected struct SignalParams");
    }

    @Nested
    @Spec({"W34", "N6", "N52", "N53"})
    class NoParameters {
        @ParameterizedTest
        @ValueSource(strings = {"null", "{}", "{ }"})
        void none(String params) throws RpcException {
            assertThat(NoParams.decode(json(params))).isEqualTo(new NoParams());
            assertThat(NoParams.decode(JsonSlice.ABSENT)).isEqualTo(new NoParams());
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"a\":1} | map",
                    "[] | sequence",
                    "5 | integer `5`",
                    "\"x\" | string \"x\"",
                    "true | boolean `true`"
                })
        void some(String params, String found) {
            assertInvalid(NoParams::decode, params, "invalid type: " + found + ", expected unit");
        }
    }

    @Nested
    @Spec({"W101", "W102", "W103", "W104", "W105", "W106", "W107"})
    class Http {
        @Test
        void absentAndNull() throws RpcException {
            for (String params : new String[] {
                "{\"method\":\"GET\",\"url\":\"u\",\"requestId\":\"r\"}",
                "{\"method\":\"GET\",\"url\":\"u\",\"requestId\":\"r\",\"bodyBase64\":null,\"timeoutMs\":null,\"x\":1}",
            }) {
                HttpRequestParams request = HttpRequestParams.decode(json(params));
                assertThat(request.method()).isEqualTo("GET");
                assertThat(request.url()).isEqualTo("u");
                assertThat(request.requestId()).isEqualTo("r");
                assertThat(request.headers()).isEmpty();
                assertThat(request.body()).isNull();
                assertThat(request.timeoutMs()).isNull();
                assertThat(request.streamResponse()).isFalse();
            }
        }

        @Test
        void everything() throws RpcException {
            HttpRequestParams request = HttpRequestParams.decode(json("""
                            {"method":"pOsT","url":"https://x/","headers":[{"name":"a","value":"1"},["b","2"],
                             {"value":"3","x":[],"name":"a"}],"bodyBase64":"aGk=","timeoutMs":0,"requestId":"","streamResponse":true}
                            """));
            assertThat(request.headers())
                    .containsExactly(
                            new HttpRequestParams.Header("a", "1"),
                            new HttpRequestParams.Header("b", "2"),
                            new HttpRequestParams.Header("a", "3"));
            assertThat(request.body()).isEqualTo("hi".getBytes(UTF_8));
            assertThat(request.timeoutMs()).isZero();
            assertThat(request.streamResponse()).isTrue();
        }

        @ParameterizedTest
        @Spec({"W65", "W68"})
        @CsvSource(
                delimiter = '|',
                value = {
                    "{} | missing field `method`",
                    "{\"method\":\"GET\"} | missing field `url`",
                    "{\"method\":\"GET\",\"url\":\"x\"} | missing field `requestId`",
                    "{\"headers\":null} | invalid type: null, expected a sequence",
                    "{\"headers\":[5]} | invalid type: integer `5`, expected struct HttpHeader",
                    "{\"headers\":[{}]} | missing field `name`",
                    "{\"headers\":[{\"name\":\"a\"}]} | missing field `value`",
                    "{\"bodyBase64\":\"!\"} | Invalid symbol 33, offset 0.",
                    "{\"timeoutMs\":-1} | invalid value: integer `-1`, expected u64",
                    "{\"streamResponse\":null} | invalid type: null, expected a boolean",
                    "null | invalid type: null, expected struct HttpRequestParams",
                })
        void failures(String params, String message) {
            assertInvalid(HttpRequestParams::decode, params, message);
        }
    }
}
