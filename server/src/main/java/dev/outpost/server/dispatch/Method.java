package dev.outpost.server.dispatch;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;

/**
 * One row of the method table.
 *
 * @param name as on the wire
 * @param family when it may be called
 * @param decoder its parameters
 * @param handling what it does, where, in which order
 */
record Method<P>(String name, MethodFamily family, Decoder<P> decoder, Handling<P> handling) {
    /** Turns JSON into parameters. */
    @FunctionalInterface
    interface Decoder<P> {
        P decode(JsonSlice params) throws RpcException;
    }
}
