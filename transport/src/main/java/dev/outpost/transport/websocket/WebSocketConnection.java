package dev.outpost.transport.websocket;

import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.Outbox;
import dev.outpost.transport.OutgoingMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, from the end of the handshake on. Its event loop owns it: other threads set a flag or queue a message,
 * and ask for a turn, of which at most one is waiting. In its turn the connection first writes and then reads.
 *
 * <p>Nothing piles up. It writes only while less than the high-water mark is pending in the channel. It reads only while
 * the handler wants to and fewer than the permitted number of answers are unsent, and otherwise holds no more than what
 * one read of the socket brought. Of the pings that come while it can't write, it answers the last.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails comes to exceptionCaught or ends the channel
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final System.Logger LOG = LazyLogger.of(WebSocketConnection.class);
    private static final long LINGER_SECONDS = 5;
    private static final byte[] NOTHING = {};

    private final String peer;
    private final String shownPeer;
    final Channel channel;
    private final ConnectionHandler handler;
    private final SocketSettings settings;
    private final Outbox outbox;
    private final MessageBuffer message;
    private final MessageDecoder decoder;
    private final KeepAlive keepAlive;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private byte @Nullable [] owedPong;
    private boolean lingering;
    private boolean ended;
    private @Nullable Throwable reason;
    private volatile boolean paused;

    /**
     * On the event loop, like all but the methods of {@link Connection}.
     *
     * @param peer for error texts
     * @param shownPeer the same for the log
     */
    WebSocketConnection(
            String peer,
            String shownPeer,
            Channel channel,
            ConnectionHandler handler,
            SocketSettings settings,
            InboundBudget budget) {
        this.peer = peer;
        this.shownPeer = shownPeer;
        this.channel = channel;
        this.handler = handler;
        this.settings = settings;
        Runnable turn = this::turn;
        outbox = new Outbox(handler, () -> onEventLoop(turn));
        message = new MessageBuffer(settings.maxMessageBytes(), budget);
        decoder = new MessageDecoder(!settings.client(), message);
        keepAlive = new KeepAlive(
                channel,
                settings.pingInterval(),
                settings.pongTimeout(),
                this::ping,
                () -> end(new SocketTimeoutException(
                        "no pong within " + settings.pongTimeout().toMillis() + " ms")));
    }

    /** Begins, before any byte is read. */
    void open() {
        try {
            handler.opened(this);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public boolean isWebSocket() {
        return true;
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
        outbox.signal();
    }

    @Override
    public void resumeReading() {
        paused = false;
        outbox.signal();
    }

    @Override
    public void close() {
        if (channel.eventLoop().inEventLoop()) {
            end(null);
        } else {
            onEventLoop(() -> end(null));
        }
    }

    @Override
    public void closeAfterSending() {
        outbox.finish();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        held.add((ByteBuf) bytes);
        read();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            outbox.signal();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (settings.client()) {
            boolean expected = ended || lingering;
            Throwable cause = expected ? reason : new ProtocolException("Connection reset without closing handshake");
            reason = cause == null ? null : SocketFailure.ofConnection(peer, cause);
        }
        ended = true;
        keepAlive.stop();
        message.clear();
        releaseHeld();
        outbox.close();
        try {
            handler.closed(reason);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, shownPeer + ": the handler failed in closed", e);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof ClosedChannelException) {
            end(null); // written to after its end, of which we are about to be told
        } else if (cause instanceof IOException) {
            end(cause);
        } else {
            failed(cause);
        }
    }

    private void onEventLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            // The listener is closed, and with it this connection: nothing is left to be done.
            LOG.log(System.Logger.Level.TRACE, "after the end", e);
        }
    }

    private void turn() {
        outbox.beginTurn();
        if (!ended) {
            write();
            read();
        }
    }

    // Reading.

    private boolean mayRead() {
        return !ended && !paused && !outbox.finishing() && outbox.size() < settings.maxUnsent();
    }

    private void read() {
        while (!held.isEmpty() && mayRead()) {
            ByteBuf in = held.element();
            try {
                consume(in);
            } catch (ProtocolException e) {
                end(e);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
            if (!in.isReadable()) {
                held.remove().release();
            }
        }
        if (ended || outbox.finishing()) {
            releaseHeld();
        }
        if (!ended) {
            keepAlive.deaf(paused);
            channel.config().setAutoRead(mayRead() || outbox.finishing());
        }
    }

    private void consume(ByteBuf in) throws ProtocolException {
        while (mayRead()) {
            switch (decoder.next(in)) {
                case NOTHING -> {
                    if (decoder.insideFrame()) {
                        keepAlive.sign();
                    }
                    return;
                }
                case MESSAGE -> {
                    int length = message.size();
                    handler.message(message.take(), length);
                }
                case OVERSIZED -> {
                    int length = message.size();
                    handler.oversized(message.take(), length, length);
                }
                case PING -> {
                    owedPong = decoder.controlPayload();
                    FrameWriter frames = FrameWriter.ofEventLoop();
                    answerPing(frames);
                    frames.push(channel);
                    outbox.signal();
                }
                case PONG -> keepAlive.pong();
                case CLOSE -> end(null);
            }
        }
    }

    private void releaseHeld() {
        for (ByteBuf in = held.poll(); in != null; in = held.poll()) {
            in.release();
        }
    }

    // Writing.

    private void write() {
        FrameWriter frames = FrameWriter.ofEventLoop();
        try {
            answerPing(frames);
            while (!ended && channel.isWritable() && writePart(frames)) {
                answerPing(frames);
            }
        } catch (RuntimeException | Error e) {
            // The message may be half written, so no other may follow.
            failed(e);
        }
        frames.push(channel);
        channel.flush();
        if (outbox.finished() && !lingering && !ended) {
            linger();
        }
    }

    private boolean writePart(FrameWriter frames) {
        JsonOutput json = frames.json();
        boolean first = !outbox.insideMessage();
        if (!outbox.writePart(json)) {
            return false;
        }
        frames.text(channel, settings.client(), first, !outbox.insideMessage(), json.array(), json.size());
        return true;
    }

    private void answerPing(FrameWriter frames) {
        if (owedPong != null && channel.isWritable()) {
            frames.control(channel, settings.client(), Opcode.PONG, owedPong);
            owedPong = null;
        }
    }

    private void ping() {
        if (!ended && !lingering && channel.isWritable()) {
            FrameWriter frames = FrameWriter.ofEventLoop();
            frames.control(channel, settings.client(), Opcode.PING, NOTHING);
            frames.push(channel);
            channel.flush();
        }
    }

    // Ending.

    /**
     * All is written: tells the peer so and waits for its end, because closing a socket with unread input would make the
     * system throw away what the peer has not read yet.
     */
    private void linger() {
        lingering = true;
        ChannelFuture written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        written.addListener(done -> ((DuplexChannel) channel).shutdownOutput());
        var limit = channel.eventLoop().schedule(() -> end(null), LINGER_SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(done -> limit.cancel(false));
    }

    private void failed(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, shownPeer + ": closing the connection after an internal error", cause);
        end(cause);
    }

    private void end(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            reason = cause;
            channel.close();
        }
    }
}
