/**
 * The JSON-RPC envelope (spec 01 §2): ids, messages as they come in, error codes. Start from {@link
 * dev.outpost.protocol.jsonrpc.IncomingMessage} and {@link dev.outpost.protocol.jsonrpc.Answers}. Knows no method.
 */
@NullMarked
package dev.outpost.protocol.jsonrpc;

import org.jspecify.annotations.NullMarked;
