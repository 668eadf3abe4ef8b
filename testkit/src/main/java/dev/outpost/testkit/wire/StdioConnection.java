package dev.outpost.testkit.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One message a line over the standard streams of a server. */
public final class StdioConnection implements WireConnection {
    private final OutputStream input;
    private final ReceivedQueue received;

    /**
     * @param input the server's standard input
     * @param output the server's standard output; it ends with the server
     */
    public StdioConnection(OutputStream input, InputStream output) {
        this.input = input;
        var lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
        received = new ReceivedQueue("stdio-reader", () -> {
            String line = lines.readLine();
            return line == null ? null : new Received.Message(line);
        });
    }

    @Override
    public void send(String message) throws IOException {
        sendBytes((message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void sendBytes(byte[] bytes) throws IOException {
        input.write(bytes);
        input.flush();
    }

    @Override
    public @Nullable Received receive(Duration timeout) throws InterruptedException {
        return received.poll(timeout);
    }

    /** Ends the server's standard input (spec W20); what the server still says can be received. Idempotent. */
    public void endInput() {
        try {
            input.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        endInput();
        received.abandon();
    }
}
