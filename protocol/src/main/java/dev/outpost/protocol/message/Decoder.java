package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.jsonrpc.RpcException;

/** Reads the value whose first token the reader stands at; leaves it at the value's last token, unless it fails. */
@FunctionalInterface
interface Decoder<T> {
    T decode(JsonReader in) throws RpcException;
}
