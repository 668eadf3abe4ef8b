package dev.outpost.transport.stdio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.transport.CountedMessage;
import dev.outpost.transport.OutgoingMessage;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.RecordingHandler.Oversized;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Over real pipes. */
@ExtendWith(LeakCheck.class)
@Timeout(60)
class StdioConnectionTest {
    private static final int LIMIT = 1_000_000;
    private static final int PIPE = 1024 * 1024;

    private final Pipe input = open();
    private final Pipe output = open();
    private final OutputStream stdin = Channels.newOutputStream(input.sink());
    private final BufferedReader stdout =
            new BufferedReader(new InputStreamReader(Channels.newInputStream(output.source()), UTF_8));

    @AfterEach
    void closePipes() throws IOException {
        input.sink().close();
        input.source().close();
        output.sink().close();
        output.source().close();
    }

    @Test
    @Spec({"W17", "W20"})
    void answersLineByLineAndEndsWithTheInput() throws Exception {
        RecordingHandler handler = RecordingHandler.echo();
        StdioConnection connection = start(handler);
        assertThat(connection.peer()).isEqualTo("exec-server stdio");
        assertThat(connection.isWebSocket()).isFalse();
        for (int i = 0; i < 1000; i++) {
            write("\n  \r\n{\"id\":" + i + ",\"text\":\"é\"}\r\n");
            assertThat(stdout.readLine()).isEqualTo("{\"id\":" + i + ",\"text\":\"é\"}");
        }
        stdin.close();
        connection.awaitEnd();
        assertThat(handler.end()).isEmpty();
        assertThat(handler.violations()).isZero();
    }

    @Test
    @Spec({"W18"})
    void processesAnUnterminatedLastLine() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        StdioConnection connection = start(handler);
        write("first\nlast");
        stdin.close();
        connection.awaitEnd();
        assertThat(handler.text()).isEqualTo("first");
        assertThat(handler.text()).isEqualTo("last");
    }

    @Test
    @Spec({"W19", "W20"})
    void aLineThatIsNotUtf8EndsTheConnectionButNotTheReading() throws Exception {
        RecordingHandler handler = RecordingHandler.echo();
        StdioConnection connection = start(handler);
        write("before\n");
        assertThat(stdout.readLine()).isEqualTo("before");
        stdin.write("\u00FF\n".getBytes(ISO_8859_1));
        assertThat(handler.end()).containsInstanceOf(ProtocolException.class);
        byte[] noise = new byte[3 * PIPE];
        stdin.write(noise);
        stdin.close();
        connection.awaitEnd();
        assertThat(handler.violations()).isZero();
    }

    @Test
    @Spec({"W19"})
    void aReadErrorEndsTheConnection() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Input/output error");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
            }
        };
        StdioConnection connection =
                StdioConnection.start(failing, Channels.newOutputStream(output.sink()), LIMIT, handler);
        connection.awaitEnd();
        assertThat(handler.end()).hasValueSatisfying(e -> assertThat(e).hasMessage("Input/output error"));
    }

    @Test
    @Spec({"N14d"})
    void aLineAboveTheLimitIsSkippedAndTheConnectionLives() throws Exception {
        RecordingHandler handler = RecordingHandler.echo();
        StdioConnection connection = start(handler);
        write("x".repeat(LIMIT + 500_000) + "\nnext\n");
        Oversized oversized = handler.oversized();
        assertThat(oversized.prefix()).hasSize(LIMIT);
        assertThat(oversized.limit()).isEqualTo(LIMIT);
        assertThat(stdout.readLine()).isEqualTo("next");
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    void aBrokenOutputEndsTheConnection() throws Exception {
        RecordingHandler handler = RecordingHandler.echo();
        StdioConnection connection = start(handler);
        output.source().close();
        write("x\n");
        assertThat(handler.end()).containsInstanceOf(IOException.class);
        CountedMessage late = new CountedMessage("late");
        connection.send(late);
        assertThat(late.closes()).isEqualTo(1);
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    void closeAfterSendingSendsWhatWasQueued() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        StdioConnection connection = start(handler);
        String large = "y".repeat(3 * PIPE);
        connection.send(new CountedMessage(large, large));
        connection.send(new CountedMessage("last"));
        connection.closeAfterSending();
        CountedMessage late = new CountedMessage("late");
        connection.send(late);
        assertThat(stdout.readLine()).hasSize(2 * large.length());
        assertThat(stdout.readLine()).isEqualTo("last");
        assertThat(handler.end()).isEmpty();
        assertThat(late.closes()).isEqualTo(1);
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    void closeEndsTheConnectionInsideACallbackToo() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                super.received(bytes, length);
                connection().close();
            }
        };
        StdioConnection connection = start(handler);
        write("one\ntwo\n");
        assertThat(handler.end()).isEmpty();
        stdin.close();
        connection.awaitEnd();
        assertThat(handler.text()).isEqualTo("one");
        assertThat(handler.waiting()).isZero();
        assertThat(handler.violations()).isZero();
    }

    @Test
    void aHandlerThatFailsEndsTheConnection() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                throw new IllegalStateException("handler failed");
            }
        };
        StdioConnection connection = start(handler);
        write("x\n");
        assertThat(handler.end()).hasValueSatisfying(e -> assertThat(e).hasMessage("handler failed"));
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    void aMessageThatFailsEndsTheConnection() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        StdioConnection connection = start(handler);
        connection.send(out -> {
            throw new IllegalStateException("cannot write");
        });
        assertThat(handler.end()).hasValueSatisfying(e -> assertThat(e).hasMessage("cannot write"));
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    @Spec({"W51"})
    void aPeerThatDoesNotReadIsNotPulledForAndLosesNothing() throws Exception {
        AtomicInteger pulled = new AtomicInteger();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public OutgoingMessage pull() {
                String line = pulled.getAndIncrement() + " ".repeat(10_000);
                return out -> {
                    out.raw(line);
                    return true;
                };
            }
        };
        StdioConnection connection = start(handler);
        connection.requestPull();
        await().until(() -> pulled.get() > 0 && insideKernel(thread("stdio-writer")));
        int stalled = pulled.get();
        assertThat(stalled).isLessThan(3 * PIPE / 10_000);
        for (int i = 0; i < 4 * stalled; i++) {
            assertThat(stdout.readLine()).startsWith(i + " ");
        }
        connection.close();
        output.source().close();
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    @Spec({"W51"})
    void aPeerThatAsksAndDoesNotReadIsNotReadFromAnyMore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                String answer = asked.getAndIncrement() + " ".repeat(10_000);
                connection().send((JsonOutput out) -> {
                    out.raw(answer);
                    return true;
                });
            }
        };
        StdioConnection connection = start(handler);
        int total = 5000;
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < total; i++) {
                    write("question\n");
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() ->
                insideKernel(thread("stdio-writer")) && thread("stdio-reader").getState() == Thread.State.WAITING);
        int stalled = asked.get();
        assertThat(stalled).isLessThan(3 * PIPE / 10_000 + 128);
        for (int i = 0; i < total; i++) {
            assertThat(stdout.readLine()).startsWith(i + " ");
        }
        asking.join();
        stdin.close();
        connection.awaitEnd();
    }

    @Test
    void aPausedHandlerIsToldNothingNotEvenWhatHasArrived() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                connection().pauseReading();
                super.received(bytes, length);
            }
        };
        StdioConnection connection = start(handler);
        write("0\n1\n2\n3\n4\n");
        for (int i = 0; i < 5; i++) {
            assertThat(handler.text()).isEqualTo(Integer.toString(i));
            if (i < 4) {
                await().until(() -> thread("stdio-reader").getState() == Thread.State.WAITING);
            }
            assertThat(handler.waiting()).isZero();
            connection.resumeReading();
        }
        stdin.close();
        connection.awaitEnd();
    }

    private StdioConnection start(RecordingHandler handler) {
        return StdioConnection.start(
                Channels.newInputStream(input.source()), Channels.newOutputStream(output.sink()), LIMIT, handler);
    }

    private void write(String text) throws IOException {
        stdin.write(text.getBytes(UTF_8));
    }

    private static boolean insideKernel(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length > 0 && stack[0].isNativeMethod();
    }

    private static Thread thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static Pipe open() {
        try {
            return Pipe.open();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
