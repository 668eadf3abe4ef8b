package dev.outpost.transport.websocket;

import dev.outpost.executor.LazyLogger;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.InboundBudget;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Listens for WebSocket connections (spec W8–W16, N14d, N14e, N28, N29), on a TCP or a Unix socket, until closed. It owns
 * the listening socket, all connections, and the threads {@code net-1}, {@code net-2}, …, on which it calls the handlers.
 */
@SuppressWarnings("FutureReturnValueIgnored") // ends are waited for by joining the threads
public final class WebSocketListener implements AutoCloseable {
    private static final System.Logger LOG = LazyLogger.of(WebSocketListener.class);
    private static final int BACKLOG = 1024;

    private final ListenerConfig config;
    private final Supplier<ConnectionHandler> handlers;
    private final InboundBudget budget;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Set<Channel> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final EventLoopGroup eventLoops;
    private @Nullable UnixSocketFile file;
    private @Nullable Channel server;

    private WebSocketListener(ListenerConfig config, Supplier<ConnectionHandler> handlers) {
        this.config = config;
        this.handlers = handlers;
        budget = new InboundBudget(config.maxInboundBytes());
        eventLoops = new MultiThreadIoEventLoopGroup(config.threads(), this::thread, EpollIoHandler.newFactory());
    }

    /**
     * Listens from now on; {@code /readyz} answers when this returns.
     *
     * @param handlers gives the handler of a new connection; called on the connection's thread, must not block
     * @throws IOException if the address cannot be bound, with the message {@code <OS text> (os error N)} (spec W6)
     */
    public static WebSocketListener start(ListenerConfig config, Supplier<ConnectionHandler> handlers)
            throws IOException {
        NettyStart.prepare();
        WebSocketListener listener = new WebSocketListener(config, handlers);
        try {
            listener.bind();
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * Where it listens: {@code ws://IP:PORT} with the actual port and IPv6 in brackets (spec W8), or {@code unix://PATH}.
     */
    public String url() {
        return config.address() instanceof InetSocketAddress address
                ? "ws://" + NetUtil.toSocketAddressString(new InetSocketAddress(address.getAddress(), port()))
                : "unix://" + ((UnixDomainSocketAddress) config.address()).getPath();
    }

    /** The TCP port; 0 for a Unix socket. */
    public int port() {
        return server != null && server.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /**
     * Stops listening, ends all connections at once and waits until their handlers know and the threads have ended.
     * Idempotent; must not be called on one of its own threads.
     */
    @Override
    public void close() {
        if (threads.contains(Thread.currentThread())) {
            throw new IllegalStateException("a listener can't be closed on its own thread: it would wait for itself");
        }
        if (closed.compareAndSet(false, true)) {
            if (server != null) {
                server.close().awaitUninterruptibly();
            }
            removeFile();
            // Event loops that shut down with open sockets don't always tell of their end.
            for (Channel socket : sockets) {
                socket.close().awaitUninterruptibly();
            }
            eventLoops.shutdownGracefully(0, 10, TimeUnit.SECONDS);
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread thread(Runnable role) {
        Thread thread = new FastThreadLocalThread(role, "net-" + (threads.size() + 1));
        threads.add(thread);
        return thread;
    }

    private void bind() throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(eventLoops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(config.lowWaterBytes(), config.highWaterBytes()))
                .handler(new AcceptFailures())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        if (config.address() instanceof UnixDomainSocketAddress address) {
            UnixSocketFile socketFile = UnixSocketFile.prepare(address.getPath());
            file = socketFile;
            bootstrap.channelFactory(EpollServerDomainSocketChannel::new);
            server = await(
                    bootstrap.bind(new DomainSocketAddress(socketFile.bindAt().toFile())));
            socketFile.publish();
        } else {
            InetSocketAddress address = (InetSocketAddress) config.address();
            SocketProtocolFamily family = address.getAddress() instanceof Inet6Address
                    ? SocketProtocolFamily.INET6
                    : SocketProtocolFamily.INET;
            bootstrap
                    .channelFactory(() -> new EpollServerSocketChannel(family))
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true);
            server = await(bootstrap.bind(address));
        }
    }

    private static ServerChannel await(ChannelFuture bound) throws IOException {
        bound.awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause instanceof NativeIoException failure) {
            String text = String.valueOf(failure.getMessage());
            throw new IOException(
                    text.substring(text.lastIndexOf(": ") + 2) + " (os error " + -failure.expectedErr() + ")", failure);
        }
        if (cause != null) {
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
        return (ServerChannel) bound.channel();
    }

    private void removeFile() {
        if (file != null) {
            try {
                file.remove();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "cannot remove the socket " + config.address(), e);
            }
        }
    }

    private void accept(Channel channel) {
        sockets.add(channel);
        channel.closeFuture().addListener(done -> sockets.remove(channel));
        if (closed.get() || sockets.size() > config.maxConnections() + ListenerConfig.SPARE_SOCKETS) {
            channel.close();
            return;
        }
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(config.maxHeaderBytes())
                .setMaxHeaderSize(config.maxHeaderBytes());
        channel.pipeline().addLast(new HttpServerCodec(limits), new HttpHandler(config, this::connect));
    }

    private @Nullable WebSocketConnection connect(Channel channel) {
        if (connections.incrementAndGet() > config.maxConnections()) {
            connections.decrementAndGet();
            return null;
        }
        channel.closeFuture().addListener(done -> connections.decrementAndGet());
        String peer = "exec-server websocket " + peerAddress(channel);
        return new WebSocketConnection(peer, peer, channel, handlers.get(), SocketSettings.of(config), budget);
    }

    private String peerAddress(Channel channel) {
        SocketAddress remote = channel.remoteAddress();
        return remote instanceof InetSocketAddress address ? NetUtil.toSocketAddressString(address) : url();
    }
}
