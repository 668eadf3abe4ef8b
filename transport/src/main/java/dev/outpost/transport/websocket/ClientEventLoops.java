package dev.outpost.transport.websocket;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
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
import org.jspecify.annotations.Nullable;

/**
 * The threads {@code client-net-1}, {@code client-net-2}, … of all connections that share this, and the owner of their
 * sockets. Nothing is started before the first connection; the threads are daemons. Safe from any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // ends are waited for by joining the threads
public final class ClientEventLoops implements AutoCloseable {
    private final int maxThreads;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Set<Channel> sockets = ConcurrentHashMap.newKeySet();

    /** Guarded by this. */
    private @Nullable EventLoopGroup group;
    /** Guarded by this. */
    private boolean closed;

    /**
     * @param maxThreads at least 1; connections are spread over them
     */
    public ClientEventLoops(int maxThreads) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("maxThreads is " + maxThreads + ": must be at least 1");
        }
        this.maxThreads = maxThreads;
    }

    /**
     * Ends all connections at once and waits until their handlers know and the threads have ended; connecting fails from
     * now on. Idempotent; must not be called on one of its own threads.
     */
    @Override
    public void close() {
        requireOtherThread();
        EventLoopGroup loops;
        synchronized (this) {
            closed = true;
            loops = group;
            group = null;
        }
        if (loops != null) {
            // Event loops that shut down with open sockets don't always tell of their end.
            sockets.stream().map(Channel::close).toList().forEach(ChannelFuture::awaitUninterruptibly);
            loops.shutdownGracefully(0, 10, TimeUnit.SECONDS);
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

    void requireOtherThread() {
        if (threads.contains(Thread.currentThread())) {
            throw new IllegalStateException("called on "
                    + Thread.currentThread().getName() + ", which would wait for itself; use another thread");
        }
    }

    /**
     * Begins to connect a socket.
     *
     * @param handler first in the pipeline; told of the outcome like the future
     * @throws IOException if this is closed
     */
    ChannelFuture connect(SocketAddress address, ConnectorConfig config, ChannelHandler handler) throws IOException {
        NettyStart.prepare();
        Bootstrap bootstrap = new Bootstrap()
                .group(group())
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(config.lowWaterBytes(), config.highWaterBytes()))
                // The whole attempt has a time limit, which closes the channel.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(handler);
        ChannelFuture connected;
        if (address instanceof UnixDomainSocketAddress unix) {
            connected = bootstrap
                    .channelFactory(EpollDomainSocketChannel::new)
                    .connect(new DomainSocketAddress(unix.getPath().toFile()));
        } else {
            InetSocketAddress internet = (InetSocketAddress) address;
            SocketProtocolFamily family = internet.getAddress() instanceof Inet6Address
                    ? SocketProtocolFamily.INET6
                    : SocketProtocolFamily.INET;
            connected = bootstrap
                    .option(ChannelOption.TCP_NODELAY, true)
                    .channelFactory(() -> new EpollSocketChannel(family))
                    .connect(internet);
        }
        Channel channel = connected.channel();
        sockets.add(channel);
        channel.closeFuture().addListener(done -> sockets.remove(channel));
        synchronized (this) {
            if (closed) {
                channel.close();
            }
        }
        return connected;
    }

    private synchronized EventLoopGroup group() throws IOException {
        if (closed) {
            throw new IOException("the owner of this connection has been closed");
        }
        if (group == null) {
            group = new MultiThreadIoEventLoopGroup(maxThreads, this::thread, EpollIoHandler.newFactory());
        }
        return group;
    }

    private Thread thread(Runnable role) {
        Thread thread = new FastThreadLocalThread(role, "client-net-" + (threads.size() + 1));
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }
}
