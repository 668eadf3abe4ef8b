package dev.outpost.transport.websocket;

import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Properties;

/**
 * What Netty would find out for itself while it is loaded, at the price of tens of milliseconds before the first address
 * is bound or connected to. A property that is set already is kept.
 */
final class NettyStart {
    private NettyStart() {}

    /** To be called before anything else of Netty's is used; again does no harm. */
    static void prepare() {
        InternalLoggerFactory.setDefaultFactory(NettyLogging.FACTORY);
        Properties properties = System.getProperties();
        // Parts of channel ids, which nobody reads here; otherwise all network interfaces are looked at.
        properties.putIfAbsent("io.netty.machineId", "00:00:00:00:00:00:00:00");
        properties.putIfAbsent("io.netty.processId", "0");
        // Buffer events for the flight recorder load the recorder.
        properties.putIfAbsent("io.netty.jfr.enabled", "false");
        // Names of distributions in the names of native libraries: ours have none.
        properties.putIfAbsent("io.netty.osClassifiers", "");
    }
}
