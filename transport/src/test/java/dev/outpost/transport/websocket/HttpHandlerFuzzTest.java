package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever comes instead of a request is answered with a status of the specification, or not at all, and lets nobody in
 * who did not ask for an upgrade; whole or in pieces. That one would be let in shows as 503, because nobody fits in.
 */
@Spec({"W10", "W11", "W12", "N14e"})
@ExtendWith(BufferLeakCheck.class)
class HttpHandlerFuzzTest extends FuzzContract {
    private static final Set<Integer> STATUSES = Set.of(200, 400, 403, 404, 405, 431, 503);
    private static final ListenerConfig CONFIG = ListenerConfig.builder(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .maxHeaderBytes(1024)
            .build();

    @Override
    protected void check(byte[] input) {
        String answers = answers(input, Math.max(1, input.length));
        assertThat(answers(input, 1 + input.length / 16)).as("in pieces").isEqualTo(answers);
        for (String head : answers.split("(?=HTTP/1\\.1 )")) {
            if (!head.isEmpty()) {
                assertThat(head).matches("(?s)HTTP/1\\.1 [0-9]{3} .*\r\n\r\n.*");
                assertThat(Integer.parseInt(head.substring(9, 12))).isIn(STATUSES);
            }
        }
        if (answers.contains(" 503 ")) {
            assertThat(new String(input, ISO_8859_1).toLowerCase(Locale.ROOT))
                    .contains("upgrade", "websocket", "sec-websocket-key", "sec-websocket-version", "13");
        }
    }

    /** What the other side would read. */
    private static String answers(byte[] input, int piece) {
        EmbeddedChannel channel = new EmbeddedChannel(
                new HttpServerCodec(CONFIG.maxHeaderBytes(), CONFIG.maxHeaderBytes(), 8192),
                new HttpHandler(CONFIG, refused -> null));
        StringBuilder answers = new StringBuilder();
        for (int at = 0; at < input.length && channel.isOpen(); at += piece) {
            channel.writeInbound(Unpooled.copiedBuffer(input, at, Math.min(piece, input.length - at)));
            read(channel, answers);
        }
        channel.finish();
        read(channel, answers);
        channel.checkException();
        return answers.toString();
    }

    private static void read(EmbeddedChannel channel, StringBuilder answers) {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            answers.append(out.toString(ISO_8859_1));
            out.release();
        }
        // What was decoded behind a request that closed the socket.
        for (Object in = channel.readInbound(); in != null; in = channel.readInbound()) {
            ReferenceCountUtil.release(in);
        }
    }
}
