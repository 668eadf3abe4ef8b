package dev.outpost.transport.stdio;

import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.Outbox;
import dev.outpost.transport.OutgoingMessage;
import dev.outpost.transport.stdio.LineDecoder.Found;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connection over standard input and output: one message per line (spec W17–W20).
 *
 * <p>Two platform threads: {@code stdio-reader} calls the handler with what comes in, {@code stdio-writer} writes, pulls,
 * and tells the handler of the end. A blocking write is the back-pressure outwards; inwards the reader waits while the
 * handler has paused it or too many answers are unsent.
 *
 * <p>A read of standard input can't be interrupted. After the end of the connection the reader therefore goes on, throwing
 * away what comes, until whoever holds the other end closes it (spec W20); so the threads are daemons, and the owner is
 * whoever started the connection and waits in {@link #awaitEnd}. A writer blocked in a write ends when the other end is
 * closed, too.
 */
public final class StdioConnection implements Connection {
    private static final System.Logger LOG = LazyLogger.of(StdioConnection.class);
    private static final String PEER = "exec-server stdio";
    private static final int MAX_UNSENT_ANSWERS = 128;
    /** Two ends that both stop reading would wait for each other for ever, so a client doesn't. */
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private static final int CHUNK = 64 * 1024;

    private final String peer;
    private final int maxUnsent;
    private final Runnable onEnd;
    private final InputStream in;
    private final OutputStream out;
    private final ConnectionHandler handler;
    private final Outbox outbox;
    private final MessageBuffer message;
    private final Thread reader = daemon("stdio-reader", this::read);
    private final Thread writer = daemon("stdio-writer", this::write);
    /** Held around each call of the handler but pull, so that {@code closed} comes last. */
    private final ReentrantLock calls = new ReentrantLock();

    private volatile boolean paused;
    private final AtomicBoolean ending = new AtomicBoolean();
    /** Set after {@link #reason}. */
    private volatile boolean ended;

    private @Nullable Throwable reason;

    private StdioConnection(
            String peer,
            int maxUnsent,
            InputStream in,
            OutputStream out,
            int maxMessageBytes,
            ConnectionHandler handler,
            Runnable onEnd) {
        this.peer = peer;
        this.maxUnsent = maxUnsent;
        this.onEnd = onEnd;
        this.in = in;
        this.out = out;
        this.handler = handler;
        message = new MessageBuffer(maxMessageBytes, new InboundBudget(maxMessageBytes));
        outbox = new Outbox(handler, () -> LockSupport.unpark(writer));
    }

    /**
     * A server's end: calls {@link ConnectionHandler#opened} and starts reading and writing. The streams are not closed by
     * the connection.
     *
     * @param in read in blocks, so that it needs no buffer of its own
     * @param out written in blocks and flushed when nothing is left to write
     * @param maxMessageBytes largest incoming message, 1 to {@value MessageBuffer#MAX_LIMIT} (spec N14d)
     */
    public static StdioConnection start(
            InputStream in, OutputStream out, int maxMessageBytes, ConnectionHandler handler) {
        return start(new StdioConnection(PEER, MAX_UNSENT_ANSWERS, in, out, maxMessageBytes, handler, () -> {}));
    }

    /**
     * A client's end, over the streams of a server that it has started: as {@link #start}, but however much waits to be
     * sent, it goes on reading, and the reason of a failure has its whole text (spec C10).
     *
     * @param label what the server is called in error texts (spec C13)
     * @param onEnd called once as soon as the connection is to end, from any thread; must not block. A read or write that
     *     is under way then still has to be ended by whoever holds the other ends
     */
    public static StdioConnection startClient(
            String label,
            InputStream in,
            OutputStream out,
            int maxMessageBytes,
            ConnectionHandler handler,
            Runnable onEnd) {
        return start(new StdioConnection(label, NO_LIMIT, in, out, maxMessageBytes, handler, onEnd));
    }

    private static StdioConnection start(StdioConnection connection) {
        connection.call(() -> connection.handler.opened(connection));
        connection.writer.start();
        connection.reader.start();
        return connection;
    }

    /**
     * Waits until the input has ended and the handler was told of the end of the connection. A connection that ended for
     * another reason is waited for until its input ends, too (spec W20).
     */
    public void awaitEnd() throws InterruptedException {
        reader.join();
        writer.join();
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public boolean isWebSocket() {
        return false;
    }

    @Override
    public void send(OutgoingMessage outgoing) {
        outbox.send(outgoing);
    }

    @Override
    public void requestPull() {
        outbox.requestPull();
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
        LockSupport.unpark(reader);
    }

    @Override
    public void close() {
        end(null);
    }

    @Override
    public void closeAfterSending() {
        outbox.finish();
    }

    // The reader.

    private void read() {
        LineDecoder lines = new LineDecoder(message);
        byte[] chunk = new byte[CHUNK];
        try {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (ended) {
                    message.clear();
                } else {
                    lines.feed(chunk, count);
                    deliver(lines);
                }
            }
            if (!ended && lines.last()) {
                deliver(lines.length());
            }
            end(null);
        } catch (IOException e) {
            end(failure("read JSON-RPC message from ", e));
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void deliver(LineDecoder lines) {
        try {
            for (Found found = lines.next(); !ended && found != Found.NOTHING; found = lines.next()) {
                if (found == Found.MESSAGE) {
                    deliver(lines.length());
                } else {
                    awaitPermission();
                    byte[] prefix = message.take();
                    call(() -> handler.oversized(prefix, lines.length(), lines.length()));
                }
            }
        } catch (ProtocolException e) {
            end(failure("read JSON-RPC message from ", e));
        }
    }

    private void deliver(int length) {
        awaitPermission();
        byte[] line = message.take();
        call(() -> handler.message(line, length));
    }

    private void awaitPermission() {
        while (!ended && (paused || outbox.size() >= maxUnsent)) {
            LockSupport.park(this);
        }
    }

    private void call(Runnable callback) {
        calls.lock();
        try {
            if (!ended) {
                callback.run();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            calls.unlock();
        }
    }

    // The writer.

    private void write() {
        JsonOutput json = new JsonOutput();
        try {
            while (!ended) {
                outbox.beginTurn();
                writeAll(json);
                while (!ended && !outbox.signalled()) {
                    LockSupport.park(this);
                }
            }
        } catch (IOException e) {
            end(failure("write JSON-RPC message to ", e));
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        outbox.close();
        calls.lock();
        try {
            handler.closed(reason);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, peer + ": the handler failed in closed", e);
        } finally {
            calls.unlock();
        }
    }

    private void writeAll(JsonOutput json) throws IOException {
        json.reset();
        while (!ended && outbox.writePart(json)) {
            if (!outbox.insideMessage()) {
                json.raw("\n");
            }
            if (json.size() >= CHUNK) {
                out.write(json.array(), 0, json.size());
                json.reset();
                LockSupport.unpark(reader);
            }
        }
        if (!ended) {
            out.write(json.array(), 0, json.size());
            out.flush();
            LockSupport.unpark(reader);
        }
        if (outbox.finished()) {
            end(null);
        }
    }

    // The end.

    private Throwable failure(String what, IOException cause) {
        return maxUnsent != NO_LIMIT
                ? cause
                : new IOException("failed to " + what + peer + ": " + cause.getMessage(), cause);
    }

    private void failed(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, peer + ": ending the connection after an internal error", cause);
        end(cause);
    }

    private void end(@Nullable Throwable cause) {
        if (ending.compareAndSet(false, true)) {
            reason = cause;
            ended = true;
            LockSupport.unpark(writer);
            LockSupport.unpark(reader);
            onEnd.run();
        }
    }

    private static Thread daemon(String name, Runnable role) {
        return Thread.ofPlatform().daemon().name(name).unstarted(role);
    }
}
