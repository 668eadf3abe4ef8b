package dev.outpost.environment;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** The contracts over WebSockets on TCP. */
class WebSocketContractTest extends SocketContract {
    @Override
    SocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
