package dev.outpost.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a server must see in the bytes of a WebSocket client (RFC 6455 §5, spec W13–W15, N14d). */
public final class FrameOracle {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final ByteBuffer in;
    private final int limit;
    private final List<Wire> found = new ArrayList<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private boolean insideMessage;
    private boolean text;
    private boolean oversized;
    private long missing;

    private FrameOracle(byte[] bytes, int limit) {
        in = ByteBuffer.wrap(bytes);
        this.limit = limit;
    }

    /**
     * Reads all that a client sent behind its handshake.
     *
     * @param limit largest message in bytes
     */
    public static Wire.Reading read(byte[] bytes, int limit) {
        FrameOracle oracle = new FrameOracle(bytes, limit);
        while (oracle.in.hasRemaining() && oracle.missing == 0 && oracle.frame()) {
            // The next one.
        }
        return new Wire.Reading(oracle.found, oracle.missing, oracle.insideMessage);
    }

    /** Reads one frame, and tells whether the connection lives on. */
    private boolean frame() {
        if (in.remaining() < 2) {
            missing = -1;
            return true;
        }
        int first = in.get() & 0xFF;
        int second = in.get() & 0xFF;
        boolean last = first >= 0x80;
        int opcode = first & 0x0F;
        int shortLength = second & 0x7F;
        boolean known = opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
        boolean control = opcode >= CLOSE;
        boolean fits = control ? last && shortLength < 126 : (opcode == CONTINUATION) == insideMessage;
        if ((first & 0x70) != 0 || second < 0x80 || !known || !fits) {
            return end(new Wire.Violation());
        }
        int extended = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        if (in.remaining() < extended + 4) {
            missing = -1;
            return true;
        }
        long length = extended == 2 ? in.getShort() & 0xFFFF : extended == 8 ? in.getLong() : shortLength;
        if (length < 0) {
            return end(new Wire.Violation());
        }
        byte[] payload = unmasked(length);
        missing = length - payload.length;
        return control ? control(opcode, payload) : data(opcode, last, payload);
    }

    private byte[] unmasked(long length) {
        byte[] key = new byte[4];
        in.get(key);
        byte[] payload = new byte[(int) Math.min(length, in.remaining())];
        in.get(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= key[i % 4];
        }
        return payload;
    }

    private boolean control(int opcode, byte[] payload) {
        if (missing > 0) {
            return true;
        }
        if (opcode == CLOSE) {
            return end(new Wire.Close());
        }
        found.add(opcode == PING ? new Wire.Ping(payload) : new Wire.Pong(payload));
        return true;
    }

    private boolean data(int opcode, boolean last, byte[] payload) {
        if (opcode != CONTINUATION) {
            insideMessage = true;
            text = opcode == TEXT;
            oversized = false;
            message.reset();
        }
        if (oversized) {
            insideMessage = !last || missing > 0;
            return true;
        }
        message.writeBytes(payload);
        byte[] soFar = message.toByteArray();
        oversized = soFar.length > limit;
        boolean complete = last && missing == 0 && !oversized;
        if (text && !Wire.isUtf8(Arrays.copyOf(soFar, Math.min(soFar.length, limit)), complete)) {
            return end(new Wire.Violation());
        }
        if (oversized) {
            found.add(new Wire.Oversized(Arrays.copyOf(soFar, limit)));
        } else if (complete) {
            found.add(new Wire.Message(soFar));
        }
        insideMessage = !last || missing > 0;
        return true;
    }

    private boolean end(Wire how) {
        found.add(how);
        missing = 0;
        return false;
    }
}
