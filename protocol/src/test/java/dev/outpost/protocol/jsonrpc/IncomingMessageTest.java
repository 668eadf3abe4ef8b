package dev.outpost.protocol.jsonrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.IncomingMessage.ErrorResponse;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Malformed;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Notification;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Request;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Response;
import dev.outpost.testkit.Spec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncomingMessageTest {
    private static final String NO_SHAPE = "data did not match any variant of untagged enum JSONRPCMessage";

    @Nested
    @Spec({"W22", "N14c"})
    class Shapes {
        @Test
        @Spec({"W23", "W29"})
        void requestComesFirst() {
            Request request = (Request) parse("""
                    {"result":1,"jsonrpc":"2.0","id":4,"error":{},"method":"m","extra":[{}],"params":{"a":[1]}}""");
            assertThat(request.id()).isEqualTo(new RequestId.Number(4));
            assertThat(request.method()).isEqualTo("m");
            assertThat(request.params()).hasToString("{\"a\":[1]}");
        }

        @ParameterizedTest
        @Spec({"W23", "W33"})
        @ValueSource(strings = {"0", "-1", "9223372036854775807", "-9223372036854775808"})
        void numberIds(String id) {
            assertThat(((Request) parse("{\"id\":" + id + ",\"method\":\"m\"}")).id())
                    .isEqualTo(new RequestId.Number(Long.parseLong(id)));
        }

        @Test
        @Spec({"W23", "W33"})
        void stringIds() {
            assertThat(((Request) parse("{\"id\":\"\\u0061-1\",\"method\":\"m\"}")).id())
                    .isEqualTo(new RequestId.Text("a-1"));
            assertThat(((Request) parse("{\"id\":\"\",\"method\":\"m\"}")).id()).isEqualTo(new RequestId.Text(""));
        }

        @ParameterizedTest
        @Spec("W23")
        @ValueSource(
                strings = {
                    "null",
                    "{}",
                    "{\"traceparent\":null}",
                    "{\"traceparent\":\"a\",\"tracestate\":\"b\",\"other\":{\"x\":[]}}",
                    "[]",
                    "[\"a\",null]"
                })
        void goodTraces(String trace) {
            assertThat(parse("{\"id\":1,\"trace\":" + trace + ",\"method\":\"m\"}"))
                    .isInstanceOf(Request.class);
        }

        @ParameterizedTest
        @Spec({"W28", "W24"})
        @ValueSource(
                strings = {
                    "\"id\":null",
                    "\"id\":true",
                    "\"id\":1.0",
                    "\"id\":1.5",
                    "\"id\":1e2",
                    "\"id\":-0",
                    "\"id\":{}",
                    "\"id\":[[1]]",
                    "\"id\":9223372036854775808",
                    "\"id\":-9223372036854775809",
                    "\"id\":99999999999999999999999",
                    "\"id\":1,\"id\":1",
                    "\"id\":1,\"trace\":5",
                    "\"id\":1,\"trace\":\"x\"",
                    "\"id\":1,\"trace\":{\"traceparent\":5,\"a\":[]}",
                    "\"id\":1,\"trace\":{\"tracestate\":[\"x\"]}",
                    "\"id\":1,\"trace\":{\"traceparent\":\"a\",\"traceparent\":\"b\"}",
                    "\"id\":1,\"trace\":null,\"trace\":null",
                    "\"id\":1,\"trace\":[\"a\",\"b\",\"c\"]",
                    "\"id\":1,\"trace\":[5]",
                    "\"x\":1"
                })
        void notificationIfTheRequestDoesNotFit(String members) {
            Notification notification = (Notification) parse("{" + members + ",\"method\":\"m\",\"params\":[]}");
            assertThat(notification.method()).isEqualTo("m");
            assertThat(notification.params()).hasToString("[]");
        }

        @Test
        @Spec({"W25", "W30"})
        void response() {
            Response response = (Response) parse("{\"id\":\"x\",\"result\":null}");
            assertThat(response.id()).isEqualTo(new RequestId.Text("x"));
            assertThat(response.result()).hasToString("null");
            assertThat(parse("{\"id\":1,\"method\":5,\"result\":{}}")).isInstanceOf(Response.class);
        }

        @Test
        @Spec({"W26", "W30"})
        void error() {
            assertThat(parse("{\"error\":{\"z\":[],\"data\":{},\"message\":\"no\",\"code\":-32000},\"id\":7}"))
                    .isEqualTo(new ErrorResponse(new RequestId.Number(7), -32000, "no"));
        }

        @ParameterizedTest
        @Spec("W31")
        @ValueSource(
                strings = {
                    "{}",
                    "[]",
                    "[{\"id\":1,\"method\":\"m\"}]",
                    "1",
                    "null",
                    "true",
                    "\"x\"",
                    "{\"id\":1}",
                    "{\"method\":5}",
                    "{\"method\":null}",
                    "{\"id\":1,\"method\":5}",
                    "{\"id\":1,\"method\":\"a\",\"method\":\"b\"}",
                    "{\"id\":1,\"method\":\"m\",\"params\":1,\"params\":1}",
                    "{\"id\":null,\"result\":1}",
                    "{\"id\":1,\"result\":1,\"result\":1}",
                    "{\"id\":1,\"error\":{\"code\":1}}",
                    "{\"id\":1,\"error\":{\"message\":\"x\"}}",
                    "{\"id\":1,\"error\":{\"code\":1.5,\"message\":\"x\"}}",
                    "{\"id\":1,\"error\":{\"code\":1,\"code\":1,\"message\":\"x\"}}",
                    "{\"id\":1,\"error\":{\"code\":1,\"message\":\"x\",\"data\":1,\"data\":1}}",
                    "{\"id\":1,\"error\":5}",
                    "{}}"
                })
        void noShape(String text) {
            assertThat(parse(text)).isEqualTo(new Malformed(NO_SHAPE));
        }

        @Test
        @Spec("W34")
        void absentParamsDifferFromNull() {
            assertThat(((Request) parse("{\"id\":1,\"method\":\"m\"}")).params())
                    .isSameAs(JsonSlice.ABSENT);
            assertThat(((Request) parse("{\"id\":1,\"method\":\"m\",\"params\":null}")).params())
                    .hasToString("null");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"{ \"a\" : 1 }", "[ ]", "\"a\\\"}\"", "-1.5e3", "12", "true", "false", "null", "\"\"", "0"})
        void slicesAreExact(String value) {
            String text = " {\"method\" : \"m\" , \"params\" : " + value + " , \"id\" : 1 } \n";
            assertThat(((Request) parse(text)).params()).hasToString(value);
        }
    }

    @Nested
    @Spec({"W31", "W32"})
    class NotJson {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "`` | EOF while parsing a value at line 1 column 0",
                    "`   ` | EOF while parsing a value at line 1 column 3",
                    "{ | EOF while parsing an object at line 1 column 1",
                    "{\"id\":1 | EOF while parsing an object at line 1 column 7",
                    "[1 | EOF while parsing a list at line 1 column 2",
                    "{\"a\":\"bc | EOF while parsing a string at line 1 column 8",
                    "{\"id\":1,\"method\":\"nope\"} x | trailing characters at line 1 column 26",
                    "{\"method\":\"nope\"}{ | trailing characters at line 1 column 18",
                    "{\"id\":1,\"method\":\"m\",\"params\":[1e999]} | number out of range at line 1 column 36",
                })
        void textsOfTheReference(String text, String parserText) {
            assertThat(parse(text)).isEqualTo(new Malformed(parserText));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "not-json | expected ident at line 1 column",
                    "nulx | expected ident at line 1 column",
                    "@ | expected value at line 1 column",
                    "{1:2} | expected value at line 1 column",
                    "{\"a\" 1} | expected value at line 1 column",
                    "{\"a\":1 \"b\":2} | expected value at line 1 column",
                    "{\"a\":1,} | expected value at line 1 column",
                    "[1,] | expected value at line 1 column",
                    "{\"a\":01} | expected value at line 1 column",
                    "{\"a\":1.} | expected value at line 1 column",
                    "{\"a\":+1} | expected value at line 1 column",
                    "{\"a\":NaN} | expected value at line 1 column",
                    "{'a':1} | expected value at line 1 column",
                    "{\"a\":1}/**/ | ",
                    "{\"a\":\"\\x\"} | expected value at line 1 column",
                    "{\"a\":\"\\u12g4\"} | expected value at line 1 column",
                    "{\"a\":\"\u0001\"} | expected value at line 1 column",
                    "{\"method\":\"m\",\"params\":\"abc | EOF while parsing a string at line 1 column",
                    "{\"method\":\"m\",\"params\":\"abc\\ | EOF while parsing a string at line 1 column",
                    "\"abc | EOF while parsing a string at line 1 column",
                    "\ufeff{} | expected value at line 1 column 1",
                    "`{\"a\":\n\n@}` | expected value at line 3 column",
                })
        void everythingElseIsMalformedToo(String text, String start) {
            Malformed malformed = (Malformed) parse(text);
            assertThat(malformed.parserText()).startsWith(start == null ? NO_SHAPE : start);
        }

        @Test
        void zeroBytesDoNotChangeTheEncoding() {
            for (byte[] bytes : new byte[][] {{0}, {0, '{', 0, '}'}, {'{', 0, '}', 0}, {0, 0, 0, '1'}}) {
                assertThat(IncomingMessage.parse(bytes, bytes.length)).isInstanceOf(Malformed.class);
            }
        }

        @Test
        void invalidUtf8() {
            byte[] bytes = "{\"id\":1,\"method\":\"nope\",\"params\":\"\u00ff\"}".getBytes(ISO_8859_1);
            assertThat(IncomingMessage.parse(bytes, bytes.length))
                    .isEqualTo(new Malformed("invalid unicode code point at line 1 column 35"));
        }

        @Test
        @Spec("W70")
        void nesting() {
            String wrapped = "{\"id\":1,\"method\":\"m\",\"params\":%s%s}";
            assertThat(parse(wrapped.formatted("[".repeat(126), "]".repeat(126))))
                    .isInstanceOf(Request.class);
            assertThat(parse("[".repeat(127) + "]".repeat(127))).isEqualTo(new Malformed(NO_SHAPE));
            for (String deeper : new String[] {
                "[".repeat(128) + "]".repeat(128),
                wrapped.formatted("[".repeat(127), "]".repeat(127)),
                "[".repeat(1_000_000),
            }) {
                assertThat(((Malformed) parse(deeper)).parserText()).startsWith("recursion limit exceeded at line 1");
            }
            assertThat(parse("[".repeat(128)))
                    .isEqualTo(new Malformed("recursion limit exceeded at line 1 column 128"));
        }

        @Test
        void boundsOfNumbersAndNames() {
            assertThat(parse("{\"method\":\"m\",\"x\":" + "1".repeat(309) + "}"))
                    .isInstanceOf(Notification.class);
            assertThat(((Malformed) parse("{\"method\":\"m\",\"x\":" + "9".repeat(310) + "}")).parserText())
                    .startsWith("number out of range");
            assertThat(((Malformed) parse("{\"method\":\"m\",\"x\":" + "1".repeat(2000) + "}")).parserText())
                    .startsWith("number out of range");
            assertThat(parse("{\"method\":\"m\",\"" + "n".repeat(16_000) + "\":1}"))
                    .isInstanceOf(Notification.class);
            assertThat(parse("{\"method\":\"m\",\"" + "n".repeat(17_000) + "\":1}"))
                    .isInstanceOf(Malformed.class);
        }
    }

    @ParameterizedTest
    @Spec({"W22", "W31"})
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void mutatedMessagesAreClassifiedAndNeverThrow(long seed) {
        Random random = new Random(seed);
        String[] valid = {
            "{\"id\":1,\"method\":\"process/read\",\"params\":{\"processId\":\"p\",\"afterSeq\":null,\"waitMs\":0}}",
            "{\"id\":\"\\u00e9\",\"method\":\"fs/writeFile\",\"params\":{\"path\":\"/\u00e9\",\"dataBase64\":\"aGk=\"}}",
            "{\"method\":\"initialized\",\"params\":[1.5e3,{\"a\":[true,false,null]}]}",
            "{\"error\":{\"code\":-32600,\"message\":\"\\ud83d\\ude00\"},\"id\":3}",
        };
        for (int round = 0; round < 4_000; round++) {
            byte[] bytes = valid[random.nextInt(valid.length)].getBytes(UTF_8);
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte)
                        (random.nextBoolean() ? "{}[]\",:\\u019e-+. ".charAt(random.nextInt(17)) : random.nextInt(256));
            }
            assertThat(IncomingMessage.parse(bytes, length)).isNotNull();
            assertThat(IncomingMessage.idOfPrefix(bytes, length)).isNotNull();
        }
    }

    @Test
    @Spec("N14d")
    void aHugeStringIsSkippedWithoutBeingCopied() {
        byte[] message = hugeWrite(64 * 1024 * 1024);
        IncomingMessage.parse(message, message.length); // Loads classes.
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Request request = (Request) IncomingMessage.parse(message, message.length);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(request.params().bytes()).isSameAs(message);
        assertThat(allocated).isLessThan(256 * 1024);
    }

    @Nested
    @Spec("N14d")
    class IdOfPrefix {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{\"id\":12,\"method\":\"m\",\"params\":{\"x\":\"abc | 12",
                    "{\"method\":\"m\",\"params\":{\"id\":5},\"id\":12, | 12",
                    "{\"method\":\"m\",\"params\":[[{\"id\":5}]],\"id\":-3} | -3",
                    "{\"id\":12 | -1",
                    "{\"id\": | -1",
                    "{\"id\":1.5,\"method\" | -1",
                    "{\"id\":null,\"method\" | -1",
                    "{\"method\":\"m\",\"params\":{\"id\":5,\"x\":\"abc | -1",
                    "{\"method\":\"m\",\"params\":{\"id\":5 | -1",
                    "[{\"id\":5}] | -1",
                    "`` | -1",
                    "x | -1",
                    "{ | -1",
                    "{\"method\":\"m\"} | -1",
                })
        void numbers(String prefix, long id) {
            assertThat(idOf(prefix)).isEqualTo(new RequestId.Number(id));
        }

        @Test
        void strings() {
            assertThat(idOf("{\"id\":\"abc\",\"me")).isEqualTo(new RequestId.Text("abc"));
            assertThat(idOf("{\"id\":\"abc")).isEqualTo(RequestId.UNKNOWN);
        }

        @Test
        void aCharacterMayBeCut() {
            byte[] bytes = "{\"id\":3,\"x\":\"\u00e9".getBytes(UTF_8);
            assertThat(IncomingMessage.idOfPrefix(bytes, bytes.length - 1)).isEqualTo(new RequestId.Number(3));
        }

        private RequestId idOf(String prefix) {
            byte[] bytes = prefix.getBytes(UTF_8);
            return IncomingMessage.idOfPrefix(bytes, bytes.length);
        }
    }

    static byte[] hugeWrite(int base64Length) {
        byte[] head =
                "{\"id\":1,\"method\":\"fs/writeFile\",\"params\":{\"path\":\"/x\",\"dataBase64\":\"".getBytes(UTF_8);
        byte[] message = Arrays.copyOf(head, head.length + base64Length + 3);
        Arrays.fill(message, head.length, message.length - 3, (byte) 'A');
        message[message.length - 3] = '"';
        message[message.length - 2] = '}';
        message[message.length - 1] = '}';
        return message;
    }

    private static IncomingMessage parse(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        // Whatever stands behind the message in its buffer is not part of it.
        byte[] buffer = Arrays.copyOf(bytes, bytes.length + 3);
        Arrays.fill(buffer, bytes.length, buffer.length, (byte) '}');
        return IncomingMessage.parse(buffer, bytes.length);
    }
}
