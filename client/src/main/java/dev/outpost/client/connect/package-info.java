/**
 * Connecting to an executor that is a program started for the purpose and spoken to over its standard streams (spec 06
 * §3): start from {@link dev.outpost.client.connect.CommandConnector}. Must not depend on Netty; connecting over WebSocket
 * is in {@code dev.outpost.transport.websocket}.
 */
@NullMarked
package dev.outpost.client.connect;

import org.jspecify.annotations.NullMarked;
