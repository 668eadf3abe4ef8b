/**
 * The JSON-RPC envelope (spec 01 §2): ids, messages as they come in, error codes. Start from {@link
 * dev.outpost.protocol.jsonrpc.IncomingMessage}.
 */
@NullMarked
package dev.outpost.protocol.jsonrpc;

import org.jspecify.annotations.NullMarked;
