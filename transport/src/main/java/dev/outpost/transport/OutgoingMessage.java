package dev.outpost.transport;

import dev.outpost.protocol.json.JsonOutput;

/**
 * A message that writes itself when its turn has come, on the thread that writes; a large one in parts, so that it never
 * has to be in memory as a whole.
 */
@FunctionalInterface
public interface OutgoingMessage extends AutoCloseable {
    /**
     * Appends the next part, at most about 1 MiB.
     *
     * @return whether that was the last part
     */
    boolean writeTo(JsonOutput out);

    /** Called exactly once by the connection, when the message was written or is dropped. */
    @Override
    default void close() {}
}
