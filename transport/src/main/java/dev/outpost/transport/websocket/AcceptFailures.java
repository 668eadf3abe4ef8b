package dev.outpost.transport.websocket;

import dev.outpost.executor.LazyLogger;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * What happens when a connection can't be accepted, because the process or the system has no descriptor left: it waits in
 * the backlog, and accepting is tried again after a moment. Said once until it works again. On the listening socket;
 * owned by its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the end of the event loop ends it
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = LazyLogger.of(WebSocketListener.class);
    private static final long PAUSE_MILLIS = 100;

    private boolean failing;

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
        failing = false;
        context.fireChannelRead(connection);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!failing) {
            failing = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "connections cannot be accepted and wait: {0}; if that persists, raise the limit of open files"
                            + " (ulimit -n)",
                    cause.getMessage());
        }
        context.channel().config().setAutoRead(false);
        context.executor()
                .schedule(() -> context.channel().config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
