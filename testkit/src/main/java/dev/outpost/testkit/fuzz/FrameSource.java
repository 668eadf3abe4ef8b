package dev.outpost.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a hostile WebSocket client sends: mutated messages in good frames, good messages in bad frames, and noise. The same
 * seed gives the same bytes. For one thread.
 */
public final class FrameSource implements HostileSource {
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Random random;
    private final int limit;
    private final Mutator messages;
    private ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private long frames;

    /**
     * A source of bytes.
     *
     * @param limit the server's limit of a message in bytes; a few messages exceed it
     * @param seeds messages to start from
     * @param words what messages consist of
     */
    public FrameSource(long seed, int limit, List<byte[]> seeds, List<byte[]> words) {
        random = new Random(seed);
        this.limit = limit;
        messages = new Mutator(seed, seeds, words);
    }

    /** One to eight messages, fragmented or not, or other frames; the last may be incomplete. */
    @Override
    public byte[] next() {
        wire = new ByteArrayOutputStream();
        for (int things = 1 + random.nextInt(8); things > 0; things--) {
            thing();
        }
        byte[] bytes = wire.toByteArray();
        if (random.nextInt(40) == 0) {
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
        }
        return random.nextInt(80) == 0 ? Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length)) : bytes;
    }

    /** A run of noise counts as one frame. */
    @Override
    public long made() {
        return frames;
    }

    @Override
    public Wire.Reading read(byte[] bytes) {
        return FrameOracle.read(bytes, limit);
    }

    private void thing() {
        int dice = random.nextInt(1000);
        if (dice < 650) {
            frame(FINAL | TEXT, message());
        } else if (dice < 750) {
            frame(FINAL | BINARY, message());
        } else if (dice < 850) {
            fragments(message());
        } else if (dice < 955) {
            frame(FINAL | (random.nextInt(3) == 0 ? PONG : PING), bytes(random.nextInt(126)));
        } else if (dice < 958) {
            oversized();
        } else if (dice < 962) {
            wire.writeBytes(bytes(1 + random.nextInt(64)));
            frames++;
        } else {
            flawed();
        }
    }

    /** Most of those that would end the connection are left out, so that it is kept long enough for all the others. */
    private byte[] message() {
        byte[] message = messages.next();
        while (random.nextInt(8) > 0 && !Envelope.isTolerated(message)) {
            message = messages.next();
        }
        return message;
    }

    private void flawed() {
        byte[] payload = message();
        switch (random.nextInt(11)) {
            case 0 -> frame(FINAL | 0x10 << random.nextInt(3) | TEXT, payload);
            case 1 -> frame(FINAL | (random.nextBoolean() ? 3 + random.nextInt(5) : 11 + random.nextInt(5)), payload);
            case 2 -> unmasked(payload);
            case 3 -> frame(CLOSE + random.nextInt(3), bytes(random.nextInt(10)));
            case 4 -> frame(FINAL | (CLOSE + random.nextInt(3)), bytes(126 + random.nextInt(300)));
            case 5 -> frame((random.nextBoolean() ? FINAL : 0) | CONTINUATION, payload);
            case 6 -> {
                frame(TEXT, payload);
                frame(FINAL | TEXT, payload);
            }
            case 7 -> close();
            case 8 -> frame(FINAL | TEXT, new byte[] {'"', (byte) (0x80 + random.nextInt(0x80)), '"'});
            case 9 -> header(FINAL | BINARY, 8, random.nextBoolean() ? Long.MAX_VALUE : random.nextLong());
            default -> {
                // A length in more bytes than it needs: no minimum is demanded.
                header(FINAL | BINARY, random.nextBoolean() ? 2 : 8, 3);
                wire.writeBytes(bytes(3));
            }
        }
    }

    private void fragments(byte[] message) {
        int count = 2 + random.nextInt(4);
        int at = 0;
        for (int i = 1; i <= count; i++) {
            int end = i == count ? message.length : at + random.nextInt(message.length - at + 1);
            int opcode = i > 1 ? CONTINUATION : random.nextInt(4) == 0 ? BINARY : TEXT;
            frame((i == count ? FINAL : 0) | opcode, Arrays.copyOfRange(message, at, end));
            at = end;
            if (i < count && random.nextInt(3) == 0) {
                frame(FINAL | (random.nextBoolean() ? PING : PONG), bytes(random.nextInt(126)));
            }
        }
    }

    private void oversized() {
        byte[] start = message();
        byte[] message = Arrays.copyOf(start, Math.max(start.length, limit + 1 + random.nextInt(limit)));
        Arrays.fill(message, start.length, message.length, (byte) ' ');
        if (random.nextBoolean()) {
            frame(FINAL | (random.nextBoolean() ? TEXT : BINARY), message);
        } else {
            fragments(message);
        }
    }

    private void close() {
        int code = random.nextBoolean() ? 1000 + random.nextInt(16) : random.nextInt(1 << 16);
        byte[] payload = bytes(random.nextInt(30));
        if (payload.length >= 2) {
            payload[0] = (byte) (code >> 8);
            payload[1] = (byte) code;
        }
        frame(FINAL | CLOSE, payload);
    }

    private void unmasked(byte[] payload) {
        frames++;
        int length = Math.min(payload.length, 125);
        wire.write(FINAL | TEXT);
        wire.write(length);
        wire.write(payload, 0, length);
    }

    private void frame(int first, byte[] payload) {
        int length = payload.length;
        byte[] key = header(first, length < 126 ? 0 : length < 1 << 16 ? 2 : 8, length);
        for (int i = 0; i < length; i++) {
            wire.write(payload[i] ^ key[i & 3]);
        }
    }

    /** Writes a header with this many extra bytes of length, and returns the masking key. */
    private byte[] header(int first, int extended, long length) {
        frames++;
        ByteBuffer header = ByteBuffer.allocate(14);
        header.put((byte) first);
        switch (extended) {
            case 0 -> header.put((byte) (MASKED | length));
            case 2 -> header.put((byte) (MASKED | 126)).putShort((short) length);
            default -> header.put((byte) (MASKED | 127)).putLong(length);
        }
        byte[] key = bytes(4);
        header.put(key);
        wire.write(header.array(), 0, header.position());
        return key;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
