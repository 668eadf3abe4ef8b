/**
 * What a peer of an exec-server sees of a connection, byte by byte and nothing of our own transports: frames, pings,
 * fragments and plain ends can be made and observed. Start from {@link dev.outpost.testkit.wire.RpcClient}, over a
 * {@link dev.outpost.testkit.wire.WebSocketConnection} or a {@link dev.outpost.testkit.wire.StdioConnection}. Must not
 * depend on the modules under test.
 */
@NullMarked
package dev.outpost.testkit.wire;

import org.jspecify.annotations.NullMarked;
