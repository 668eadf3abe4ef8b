/**
 * WebSocket connections over TCP and Unix sockets, on Netty: start from {@link
 * dev.outpost.transport.websocket.WebSocketListener} for the server's end and from {@link
 * dev.outpost.transport.websocket.WebSocketConnector} for the client's. Netty does sockets, event loops and HTTP; frames are read here,
 * because a message above the limit must be skipped instead of ending the connection (spec N14d). Nothing outside of this
 * package may depend on Netty.
 */
@NullMarked
package dev.outpost.transport.websocket;

import org.jspecify.annotations.NullMarked;
