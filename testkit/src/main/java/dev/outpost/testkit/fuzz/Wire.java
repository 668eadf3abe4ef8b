package dev.outpost.testkit.fuzz;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** What is on a connection, read with the whole of it at hand. */
@SuppressWarnings("ArrayRecordComponent") // compared by text
public sealed interface Wire {
    /** A whole message. */
    record Message(byte[] bytes) implements Wire {}

    /** A message above the limit, of which this much fits. */
    record Oversized(byte[] prefix) implements Wire {}

    /** To be answered with its payload. */
    record Ping(byte[] payload) implements Wire {}

    /** The answer to a ping. */
    record Pong(byte[] payload) implements Wire {}

    /** The end, as the protocol provides for it. */
    record Close() implements Wire {}

    /** The end, because the protocol was broken. */
    record Violation() implements Wire {}

    /**
     * What bytes contain.
     *
     * @param found in order; a {@link Close} or {@link Violation} is the last
     * @param missing how many bytes the last frame lacks; 0 if none, -1 if that can't be told yet
     * @param insideMessage whether further fragments of a message must follow
     */
    record Reading(List<Wire> found, long missing, boolean insideMessage) {
        /** Whether the connection must end. */
        public boolean ends() {
            return !found.isEmpty() && (found.getLast() instanceof Close || found.getLast() instanceof Violation);
        }

        /** Whether the next message can follow at once. */
        public boolean isBetweenMessages() {
            return missing == 0 && !insideMessage;
        }

        /** What was found, comparable. */
        public List<String> described() {
            return found.stream().map(Wire::describe).toList();
        }
    }

    /** Kind and content. */
    static String describe(Wire wire) {
        return switch (wire) {
            case Message(byte[] bytes) -> "message " + Arrays.toString(bytes);
            case Oversized(byte[] prefix) -> "oversized " + Arrays.toString(prefix);
            case Ping(byte[] payload) -> "ping " + Arrays.toString(payload);
            case Pong(byte[] payload) -> "pong " + Arrays.toString(payload);
            case Close() -> "close";
            case Violation() -> "violation";
        };
    }

    /** Whether bytes are UTF-8, or, if they are not complete, could become so by further bytes. */
    static boolean isUtf8(byte[] bytes, boolean complete) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, complete).isError()) {
            return false;
        }
        return !in.hasRemaining() || canBecomeCharacter(Arrays.copyOfRange(bytes, in.position(), bytes.length));
    }

    /** The JDK's decoder looks at a character only when all its bytes are there: tries what they could be. */
    private static boolean canBecomeCharacter(byte[] start) {
        for (int length = start.length + 1; length <= 4; length++) {
            for (int next = 0x80; next <= 0xBF; next++) {
                byte[] character = Arrays.copyOf(start, length);
                Arrays.fill(character, start.length, length, (byte) 0x80);
                character[start.length] = (byte) next;
                if (isUtf8(character, true)) {
                    return true;
                }
            }
        }
        return false;
    }
}
