package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** What a stream has to bring, compared with what comes, byte by byte and as it comes. Guarded by its process's lock. */
abstract class Content {
    private long received;

    /** Bytes that came so far. */
    final long received() {
        return received;
    }

    /** The next bytes came. */
    final void take(byte[] chunk) throws IOException {
        check(chunk);
        received += chunk.length;
    }

    abstract void check(byte[] chunk) throws IOException;

    /** The stream has ended. */
    abstract void end() throws IOException;

    /** What {@code seq first last} prints; {@code eol} is LF, or CR LF on a terminal. */
    static Content numbers(long first, long last, String eol) {
        return new Numbers(first, last, eol);
    }

    /** These bytes. */
    static Content exactly(byte[] bytes) {
        Growing content = new Growing();
        content.expect(bytes);
        return content;
    }

    /** Nothing. */
    static Content nothing() {
        return exactly(new byte[0]);
    }

    /** Anything. */
    static Content anything() {
        return new Content() {
            @Override
            void check(byte[] chunk) {}

            @Override
            void end() {}
        };
    }

    final IOException differs(long at, String expected, String got) {
        return new IOException("content differs at byte " + at + ": expected " + expected + ", got " + got);
    }

    private static final class Numbers extends Content {
        private final long last;
        private final String eol;
        private long next;
        private byte[] block = new byte[0];
        private int at;

        Numbers(long first, long last, String eol) {
            this.next = first;
            this.last = last;
            this.eol = eol;
        }

        @Override
        void check(byte[] chunk) throws IOException {
            int done = 0;
            while (done < chunk.length) {
                if (at == block.length && !refill()) {
                    throw differs(received() + done, "the end", (chunk.length - done) + " more bytes");
                }
                int count = Math.min(chunk.length - done, block.length - at);
                int mismatch = Arrays.mismatch(chunk, done, done + count, block, at, at + count);
                if (mismatch >= 0) {
                    throw differs(
                            received() + done + mismatch,
                            excerpt(block, at + mismatch),
                            excerpt(chunk, done + mismatch));
                }
                done += count;
                at += count;
            }
        }

        @Override
        void end() throws IOException {
            if (at < block.length || refill()) {
                throw differs(received(), excerpt(block, at), "the end");
            }
        }

        private boolean refill() {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 1000 && next <= last; i++) {
                lines.append(next++).append(eol);
            }
            block = lines.toString().getBytes(US_ASCII);
            at = 0;
            return block.length > 0;
        }

        private static String excerpt(byte[] bytes, int from) {
            return '"' + new String(bytes, from, Math.min(24, bytes.length - from), US_ASCII) + '"';
        }
    }

    /** Bytes that are made known while the stream is under way. */
    static final class Growing extends Content {
        private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

        synchronized void expect(byte[] bytes) {
            expected.writeBytes(bytes);
        }

        @Override
        synchronized void check(byte[] chunk) throws IOException {
            byte[] all = expected.toByteArray();
            int from = (int) received();
            int until = Math.min(from + chunk.length, all.length);
            if (until - from < chunk.length || !Arrays.equals(all, from, until, chunk, 0, chunk.length)) {
                throw differs(from, new String(all, from, until - from, US_ASCII), new String(chunk, US_ASCII));
            }
        }

        @Override
        synchronized void end() throws IOException {
            if (received() != expected.size()) {
                throw differs(received(), (expected.size() - received()) + " more bytes", "the end");
            }
        }
    }

    /** Bytes whose hash somebody else knows. */
    static final class Hashed extends Content {
        private final MessageDigest digest = sha256();

        @Override
        void check(byte[] chunk) {
            digest.update(chunk);
        }

        @Override
        void end() {}

        /** Of all that came; call it once. */
        String hash() {
            return HexFormat.of().formatHex(digest.digest());
        }

        static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
