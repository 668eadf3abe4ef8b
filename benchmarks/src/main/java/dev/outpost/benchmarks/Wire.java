package dev.outpost.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;

/** One connection to a server, carrying whole JSON messages; for one writing and one reading thread. */
public interface Wire extends AutoCloseable {
    /** Sends one message. */
    void send(byte[] json) throws IOException;

    /** The next message; blocks. The buffer is reused by the next call. */
    Message receive() throws IOException;

    @Override
    void close() throws IOException;

    /** A message in a reused buffer. */
    final class Message {
        byte[] bytes = new byte[1 << 16];
        int length;

        /** Holds the message from its start; more may follow it. */
        public byte[] bytes() {
            return bytes;
        }

        public int length() {
            return length;
        }

        void reserve(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
            }
        }

        /** Whether the text occurs within the first {@code limit} bytes. */
        boolean startsWithin(byte[] needle, int limit) {
            return indexOf(needle, 0, Math.min(limit, length)) >= 0;
        }

        int indexOf(byte[] needle, int from, int to) {
            outer:
            for (int i = from; i + needle.length <= to; i++) {
                for (int j = 0; j < needle.length; j++) {
                    if (bytes[i + j] != needle[j]) {
                        continue outer;
                    }
                }
                return i;
            }
            return -1;
        }

        @Override
        public String toString() {
            return new String(bytes, 0, Math.min(length, 300), UTF_8);
        }
    }
}
