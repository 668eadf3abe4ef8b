package dev.outpost.transport.websocket;

import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.RandomBytes;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One try to get from an address to an open WebSocket: TCP, the proxy's tunnel if there is one, TLS if it is asked for,
 * the upgrade. Owned by the event loop of its channel. Either it hands over an open connection or the caller has given it
 * up, never both.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails comes to exceptionCaught or ends the channel
final class ConnectAttempt extends ChannelInboundHandlerAdapter {
    private static final int KEY_BYTES = 16;
    private static final String HTTP = "http";

    private final String label;
    private final ServerUrl server;
    private final @Nullable Proxy proxy;
    private final ConnectorConfig config;
    private final ConnectionHandler handler;
    private final CompletableFuture<Connection> outcome = new CompletableFuture<>();
    /** Whoever sets it first says how this ends. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private volatile boolean reached;
    private volatile boolean failed;
    private volatile @Nullable Channel channel;
    /** The upgrade's key; null while the proxy is asked. */
    private @Nullable String key;
    /** The answer came and was good; what follows its end is to be done when that has come. */
    private @Nullable Step next;

    private interface Step {
        void run() throws IOException;
    }

    ConnectAttempt(
            String label, ServerUrl server, @Nullable Proxy proxy, ConnectorConfig config, ConnectionHandler handler) {
        this.label = label;
        this.server = server;
        this.proxy = proxy;
        this.config = config;
        this.handler = handler;
    }

    /**
     * Starts; the future fails with the cause if there is no connection.
     *
     * @throws IOException if the event loops are closed
     */
    CompletableFuture<Connection> begin(ClientEventLoops eventLoops, SocketAddress address) throws IOException {
        ChannelFuture connected = eventLoops.connect(address, config, this);
        channel = connected.channel();
        // Here, beside the connecting, instead of when the answer has come.
        Handshake.prepare();
        connected.addListener(done -> {
            if (done.cause() != null) {
                fail(done.cause());
            }
        });
        if (failed) { // Before the channel was known here. It may just as well be open already.
            connected.channel().close();
        }
        return outcome;
    }

    /** Whether there was a connection to the address at least. Any thread. */
    boolean reached() {
        return reached;
    }

    /** Gives up, unless it is too late because the connection is open. Any thread. */
    boolean abandon() {
        if (!decided.compareAndSet(false, true)) {
            return false;
        }
        Channel socket = channel;
        if (socket != null) {
            socket.close();
        }
        return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws IOException {
        reached = true;
        if (proxy == null) {
            secure(context);
        } else {
            askProxy(context, proxy);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                upgrade(context);
            } else {
                fail(handshake.cause());
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object part) throws IOException {
        try {
            if (part instanceof HttpResponse response) {
                answered(context, response);
            }
            if (part instanceof LastHttpContent && next != null) {
                Step then = next;
                next = null;
                then.run();
            }
        } finally {
            ReferenceCountUtil.release(part);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new ProtocolException("Handshake not finished"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }

    private void askProxy(ChannelHandlerContext context, Proxy asked) throws IOException {
        String target = (server.host().contains(":") ? "[" + server.host() + "]" : server.host()) + ":" + server.port();
        FullHttpRequest request = request(HttpMethod.CONNECT, target, target);
        if (asked.authorization() != null) {
            request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, asked.authorization());
        }
        send(context, request);
    }

    private void secure(ChannelHandlerContext context) throws IOException {
        if (!server.tls()) {
            upgrade(context);
            return;
        }
        try {
            SSLContext tls = config.tls() == null ? SSLContext.getDefault() : config.tls();
            SSLEngine engine = tls.createSSLEngine(server.host(), server.port());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
            SslHandler ssl = new SslHandler(engine);
            // The whole attempt has a time limit, which closes the channel.
            ssl.setHandshakeTimeoutMillis(0);
            context.pipeline().addFirst(ssl);
        } catch (NoSuchAlgorithmException e) {
            fail(new IOException("this Java has no TLS: " + e.getMessage(), e));
        }
    }

    private void upgrade(ChannelHandlerContext context) {
        byte[] nonce = new byte[KEY_BYTES];
        RandomBytes.fill(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
        FullHttpRequest request = request(HttpMethod.GET, server.target(), server.authority());
        request.headers()
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13")
                .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key);
        if (config.bearerToken() != null) {
            request.headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + config.bearerToken());
        }
        send(context, request);
    }

    private static FullHttpRequest request(HttpMethod method, String target, String host) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, target, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, host);
        return request;
    }

    /** Each request has a codec of its own: what comes behind the answer is no HTTP any more. */
    private void send(ChannelHandlerContext context, FullHttpRequest request) {
        context.pipeline().addBefore(context.name(), HTTP, new HttpClientCodec());
        context.pipeline().writeAndFlush(request);
    }

    private void answered(ChannelHandlerContext context, HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail(new ProtocolException(
                    "httparse error: " + response.decoderResult().cause().getMessage()));
            return;
        }
        int status = response.status().code();
        String upgradeKey = key;
        if (upgradeKey == null) {
            if (status / 100 == 2) {
                next = () -> {
                    context.pipeline().remove(HTTP);
                    secure(context);
                };
            } else {
                fail(new IOException("the proxy " + proxy + " refused the tunnel: HTTP error: " + statusLine(status)));
            }
            return;
        }
        if (status != HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            fail(new IOException("HTTP error: " + statusLine(status)));
            return;
        }
        String refusal = Handshake.refusalOfAnswer(response.headers(), upgradeKey);
        if (refusal == null) {
            next = () -> open(context);
        } else {
            fail(new ProtocolException(refusal));
        }
    }

    private void open(ChannelHandlerContext context) {
        if (!decided.compareAndSet(false, true)) {
            return;
        }
        WebSocketConnection connection = new WebSocketConnection(
                label,
                "exec-server websocket " + ServerUrl.withoutQuery(config.url()),
                context.channel(),
                handler,
                SocketSettings.of(config),
                new InboundBudget(config.maxMessageBytes()));
        context.pipeline().addLast(connection);
        connection.open();
        outcome.complete(connection);
        context.pipeline().remove(this);
        // Hands over the bytes that came right behind the answer.
        context.pipeline().remove(HTTP);
    }

    private void fail(Throwable cause) {
        failed = true;
        if (decided.compareAndSet(false, true)) {
            outcome.completeExceptionally(cause);
        }
        Channel socket = channel;
        if (socket != null) {
            socket.close();
        }
    }

    private static String statusLine(int code) {
        String reason = HttpResponseStatus.valueOf(code).reasonPhrase();
        return code + " " + (reason.endsWith("(" + code + ")") ? "<unknown status code>" : reason);
    }
}
