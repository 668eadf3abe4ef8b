package dev.outpost.transport.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pings the peer of one connection, and notices when it shows no life (spec N29). A sign of life is a pong, but also
 * bytes of an unfinished frame, because no pong can be put inside one, and output that it takes, because our ping is
 * behind that. Owned by the connection's event loop.
 */
final class KeepAlive {
    private final Channel channel;
    private final Runnable ping;
    private final Runnable dead;
    private final long timeoutNanos;
    private final ScheduledFuture<?> pings;

    private boolean waiting;
    private boolean deaf;
    private long lastSign;
    private long outputSeen;
    private @Nullable ScheduledFuture<?> check;

    /**
     * Starts.
     *
     * @param ping writes a ping, if the channel takes one now
     * @param dead called once the peer has shown no life for the timeout
     */
    KeepAlive(Channel channel, Duration interval, Duration timeout, Runnable ping, Runnable dead) {
        this.channel = channel;
        this.ping = ping;
        this.dead = dead;
        timeoutNanos = timeout.toNanos();
        long nanos = interval.toNanos();
        pings = channel.eventLoop().scheduleAtFixedRate(this::ping, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** The peer answered. */
    void pong() {
        waiting = false;
    }

    /** The peer shows that it lives, although it could not answer yet. */
    void sign() {
        lastSign = System.nanoTime();
    }

    /** Whether the handler doesn't want to listen at present, so that silence means nothing. */
    void deaf(boolean now) {
        if (deaf && !now) {
            sign();
        }
        deaf = now;
    }

    /** Idempotent. */
    void stop() {
        pings.cancel(false);
        if (check != null) {
            check.cancel(false);
        }
    }

    private void ping() {
        ping.run();
        if (!waiting) {
            waiting = true;
            sign();
            outputSeen = output();
            if (check == null) {
                checkIn(timeoutNanos);
            }
        }
    }

    private void checkIn(long nanos) {
        check = channel.eventLoop().schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        check = null;
        if (!waiting) {
            return;
        }
        long output = output();
        if (deaf || output != outputSeen) {
            outputSeen = output;
            sign();
        }
        long left = timeoutNanos - (System.nanoTime() - lastSign);
        if (left > 0) {
            checkIn(left);
        } else {
            dead.run();
        }
    }

    /** Changes when the socket takes output: what is pending, and how far the first of it has come. */
    private long output() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() * 31 + buffer.currentProgress();
    }
}
