package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.LazyLogger;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers the HTTP requests of one socket until one of them is the upgrade to a WebSocket (spec W10, W11). The order of
 * checks is that of spec N82: origin, route, method, upgrade header fields, and only then whether the peer may come in.
 * Bodies are thrown away. Owned by the socket's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails comes to exceptionCaught or ends the channel
final class HttpHandler extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = LazyLogger.of(HttpHandler.class);

    private final Set<String> allowedOrigins;
    private final Duration timeout;
    private final Upgrades upgrades;
    private @Nullable ScheduledFuture<?> deadline;
    /** The accept value of an upgrade request that has not ended yet. */
    private @Nullable String upgrade;

    /** Where WebSocket connections come from. */
    interface Upgrades {
        /** Makes the connection of a socket whose upgrade was asked for; null if there are too many. */
        @Nullable WebSocketConnection connect(Channel channel);
    }

    HttpHandler(ListenerConfig config, Upgrades upgrades) {
        allowedOrigins = config.allowedOrigins();
        timeout = config.handshakeTimeout();
        this.upgrades = upgrades;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        expectWithinTimeout(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object part) {
        try {
            if (part instanceof HttpRequest request) {
                answer(context, request);
            }
            if (part instanceof LastHttpContent && upgrade != null) {
                becomeWebSocket(context, upgrade);
                upgrade = null;
            }
        } finally {
            ReferenceCountUtil.release(part);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        System.Logger.Level level =
                cause instanceof IOException ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR;
        LOG.log(level, "closing a socket before its upgrade", cause);
        context.close();
    }

    private void expectWithinTimeout(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = context.executor().schedule((Runnable) context::close, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void answer(ChannelHandlerContext context, HttpRequest request) {
        FullHttpResponse refusal = refusal(request);
        if (refusal == null) {
            upgrade = Handshake.accept(request);
        } else {
            respond(context, refusal, HttpUtil.isKeepAlive(request));
        }
    }

    private void respond(ChannelHandlerContext context, FullHttpResponse response, boolean keepAlive) {
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        ChannelFuture written = context.writeAndFlush(response);
        // A peer that asks on and on and never reads would make answers pile up.
        if (!keepAlive || !context.channel().isWritable()) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
        expectWithinTimeout(context);
    }

    /** What to answer; null to a proper upgrade. */
    private @Nullable FullHttpResponse refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            HttpUtil.setKeepAlive(request, false);
            Throwable cause = request.decoderResult().cause();
            boolean tooLong = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
            return status(
                    tooLong ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE : HttpResponseStatus.BAD_REQUEST);
        }
        if (!allowedOrigins.containsAll(request.headers().getAll(HttpHeaderNames.ORIGIN))) {
            return status(HttpResponseStatus.FORBIDDEN);
        }
        return switch (Handshake.path(request)) {
            case "/" -> upgradeRefusal(request);
            case "/readyz" -> ready(request);
            default -> status(HttpResponseStatus.NOT_FOUND);
        };
    }

    private static @Nullable FullHttpResponse upgradeRefusal(HttpRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Request method must be `GET`");
        }
        String refusal = Handshake.refusal(request.headers());
        return refusal == null ? null : text(HttpResponseStatus.BAD_REQUEST, refusal);
    }

    private static FullHttpResponse ready(HttpRequest request) {
        if (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD)) {
            return status(HttpResponseStatus.OK);
        }
        FullHttpResponse response = status(HttpResponseStatus.METHOD_NOT_ALLOWED);
        response.headers().set(HttpHeaderNames.ALLOW, "GET,HEAD");
        return response;
    }

    private void becomeWebSocket(ChannelHandlerContext context, String accept) {
        WebSocketConnection connection = upgrades.connect(context.channel());
        if (connection == null) {
            respond(context, text(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many connections"), false);
            return;
        }
        FullHttpResponse response = status(HttpResponseStatus.SWITCHING_PROTOCOLS);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept);
        context.writeAndFlush(response);
        context.pipeline().addLast(connection);
        connection.open();
        context.pipeline().remove(this);
        // Hands over the bytes that came right behind the request.
        context.pipeline().remove(HttpServerCodec.class);
    }

    private static FullHttpResponse status(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(text.getBytes(UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        return response;
    }
}
