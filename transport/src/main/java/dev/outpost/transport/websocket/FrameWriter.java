package dev.outpost.transport.websocket;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.transport.RandomBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Writes frames into a channel, masked if it is a client's. Small frames are gathered and leave together, in one buffer of exactly their
 * size, so that what a channel has pending is what it costs. There is one per event loop, which its connections use in
 * turn: each must {@link #push} before another writes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails comes to exceptionCaught
final class FrameWriter {
    /** Clients drop frames above 16 MiB (spec N14d). */
    static final int MAX_PAYLOAD = 8 * 1024 * 1024;

    private static final int MAX_HEADER = 14;
    private static final int SMALL = 16 * 1024;
    private static final int MASKED = 0x80;
    private static final int KEYS_AT_ONCE = 4096;
    private static final FastThreadLocal<FrameWriter> OF_EVENT_LOOP = new FastThreadLocal<>() {
        @Override
        protected FrameWriter initialValue() {
            return new FrameWriter();
        }
    };

    private final JsonOutput json = new JsonOutput();
    private final byte[] gathered = new byte[64 * 1024];
    private int size;

    // A client's only.
    private final byte[] keys = new byte[KEYS_AT_ONCE];
    private int nextKey = KEYS_AT_ONCE;

    private FrameWriter() {}

    /** The writer of the current event loop. */
    static FrameWriter ofEventLoop() {
        return OF_EVENT_LOOP.get();
    }

    /** An empty buffer for encoding messages on this event loop. */
    JsonOutput json() {
        json.reset();
        return json;
    }

    /**
     * Writes a part of a text message, in frames of at most {@link #MAX_PAYLOAD}.
     *
     * @param masked whether this is the client's end; then the payload is changed
     * @param first whether the message begins with it
     * @param last whether the message ends with it
     */
    void text(Channel channel, boolean masked, boolean first, boolean last, byte[] payload, int length) {
        int from = 0;
        int opcode = first ? Opcode.TEXT : Opcode.CONTINUATION;
        while (length - from > MAX_PAYLOAD) {
            frame(channel, masked, opcode, false, payload, from, MAX_PAYLOAD);
            from += MAX_PAYLOAD;
            opcode = Opcode.CONTINUATION;
        }
        frame(channel, masked, opcode, last, payload, from, length - from);
    }

    /** Writes a control frame; {@code masked} as for {@link #text}. */
    void control(Channel channel, boolean masked, int opcode, byte[] payload) {
        frame(channel, masked, opcode, true, payload, 0, payload.length);
    }

    /** Hands gathered frames to the channel; flushing is up to the caller. */
    void push(Channel channel) {
        if (size > 0) {
            ByteBuf buffer = channel.alloc().directBuffer(size, size).writeBytes(gathered, 0, size);
            size = 0;
            channel.write(buffer, channel.voidPromise());
        }
    }

    private void frame(
            Channel channel, boolean masked, int opcode, boolean last, byte[] payload, int from, int length) {
        if (size + MAX_HEADER + length > gathered.length || length > SMALL) {
            push(channel);
        }
        header(masked, opcode, last, length);
        if (masked) {
            mask(payload, from, length);
        }
        if (length <= SMALL) {
            System.arraycopy(payload, from, gathered, size, length);
            size += length;
        } else {
            ByteBuf buffer = channel.alloc().directBuffer(size + length, size + length);
            buffer.writeBytes(gathered, 0, size).writeBytes(payload, from, length);
            size = 0;
            channel.write(buffer, channel.voidPromise());
        }
    }

    private void header(boolean masked, int opcode, boolean last, int length) {
        int mask = masked ? MASKED : 0;
        gathered[size++] = (byte) (last ? 0x80 | opcode : opcode);
        if (length < 126) {
            gathered[size++] = (byte) (mask | length);
        } else if (length < 0x1_0000) {
            gathered[size++] = (byte) (mask | 126);
            gathered[size++] = (byte) (length >> 8);
            gathered[size++] = (byte) length;
        } else {
            gathered[size++] = (byte) (mask | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                gathered[size++] = (byte) ((long) length >> shift);
            }
        }
    }

    /** Appends a new key to the header and applies it. */
    private void mask(byte[] payload, int from, int length) {
        if (nextKey == keys.length) {
            RandomBytes.fill(keys);
            nextKey = 0;
        }
        int key = 0;
        for (int i = 0; i < 4; i++) {
            gathered[size++] = keys[nextKey];
            key |= (keys[nextKey++] & 0xFF) << (i * 8);
        }
        Masking.apply(payload, from, length, key, 0);
    }
}
