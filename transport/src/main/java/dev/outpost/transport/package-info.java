/**
 * Connections that carry whole messages in both directions with back-pressure: WebSocket (Netty) and stdio (without
 * Netty). Start from {@link dev.outpost.transport.Connection} and {@link dev.outpost.transport.ConnectionHandler}. What
 * a message means is not known here. The classes of this package are what the two kinds of connection share.
 */
@NullMarked
package dev.outpost.transport;

import org.jspecify.annotations.NullMarked;
