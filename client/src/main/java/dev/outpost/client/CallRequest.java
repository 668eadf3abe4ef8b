package dev.outpost.client;

import dev.outpost.protocol.message.Params;
import dev.outpost.transport.OutgoingMessage;
import java.util.function.LongFunction;

/**
 * A call that is to be made.
 *
 * @param method its name on the wire
 * @param message makes the message with this id, anew for each time that it is sent
 * @param repeatable whether it may be sent again on another connection of the session when the answer was lost (spec C46)
 */
public record CallRequest(String method, LongFunction<OutgoingMessage> message, boolean repeatable) {
    /** A call with parameters that fit into one part. */
    public static CallRequest of(String method, Params params, boolean repeatable) {
        return new CallRequest(
                method,
                id -> out -> {
                    out.raw("{\"id\":").number(id).raw(",\"method\":\"").raw(method);
                    out.raw("\",\"params\":");
                    params.writeTo(out);
                    out.raw("}");
                    return true;
                },
                repeatable);
    }
}
