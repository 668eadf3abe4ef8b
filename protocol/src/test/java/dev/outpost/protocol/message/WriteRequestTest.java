package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteRequestTest {
    private static byte[] message(int size, @Nullable String writeId) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        JsonOutput out = new JsonOutput();
        out.raw("{\"id\":42,\"method\":\"process/write\",\"params\":");
        new WriteParams(new ProcessId("p-1"), data, writeId).writeTo(out);
        out.raw("}");
        return Arrays.copyOf(out.array(), out.size());
    }

    private static @Nullable WriteRequest quick(byte[] message) {
        return WriteRequest.decodeQuickly(message, message.length);
    }

    /** What the ordinary way finds; null if that is no write. */
    private static @Nullable WriteRequest slow(byte[] message) throws RpcException {
        boolean write = IncomingMessage.parse(message, message.length) instanceof IncomingMessage.Request request
                && request.method().equals("process/write");
        if (!write) {
            return null;
        }
        var request = (IncomingMessage.Request) IncomingMessage.parse(message, message.length);
        return new WriteRequest(request.id(), WriteParams.decode(request.params()));
    }

    private static void assertSame(WriteRequest quick, @Nullable WriteRequest slow) {
        Objects.requireNonNull(slow);
        assertThat(quick.id()).isEqualTo(slow.id());
        assertThat(quick.params().processId()).isEqualTo(slow.params().processId());
        assertThat(quick.params().writeId()).isEqualTo(slow.params().writeId());
        assertThat(quick.params().chunk()).isEqualTo(slow.params().chunk());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 95, 96, 97, 100, 65_536, 100_001})
    @Spec({"W36", "W91", "N41"})
    void isReadQuicklyAsItIsOrdinarily(int size) throws RpcException {
        for (String writeId : new String[] {null, "w", "w-1/524288", "x".repeat(127)}) {
            byte[] message = message(size, writeId);
            WriteRequest quick = Objects.requireNonNull(quick(message), "not read quickly");
            assertSame(quick, slow(message));
            assertThat(quick.id()).isEqualTo(new RequestId.Number(42));
            assertThat(quick.params().chunk()).hasSize(size);
        }
    }

    @Test
    @Spec({"W32", "W36"})
    void anyOtherByteIsReadAlikeOrLeftToTheOrdinaryWay() throws RpcException {
        for (String writeId : new String[] {null, "w-1"}) {
            byte[] message = message(10, writeId);
            for (int at = 0; at < message.length; at++) {
                for (int value = 0; value < 256; value++) {
                    byte[] other = message.clone();
                    other[at] = (byte) value;
                    WriteRequest quick = quick(other);
                    if (quick != null) {
                        assertSame(quick, slow(other));
                    }
                }
                assertThat(WriteRequest.decodeQuickly(message, at)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"id\":1,\"method\":\"process/writ\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\"}}",
                "{\"id\":\"1\",\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\"}}",
                "{\"id\":01,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"\\u0070\",\"chunk\":\"aGk=\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\",\"writeId\":\"\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\",\"writeId\":null}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\",\"other\":\"w\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"aGk=\",\"writeId\":\"\u00fc\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"processId\":\"p\",\"chunk\":\"\",\"chunk\":\"\"}}",
                "{\"id\":1,\"method\":\"process/write\",\"params\":{\"chunk\":\"aGk=\",\"processId\":\"p\"}}",
            })
    void everythingElseIsLeftToTheOrdinaryWay(String message) {
        assertThat(quick(message.getBytes(ISO_8859_1))).isNull();
    }
}
