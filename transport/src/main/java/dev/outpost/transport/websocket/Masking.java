package dev.outpost.transport.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The XOR of RFC 6455 §5.3, eight bytes at a time. */
final class Masking {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Masking() {}

    /**
     * Masks or unmasks in place.
     *
     * @param key the masking key, its first byte on the wire in the lowest bits
     * @param position position within the frame's payload of the first of these bytes
     */
    static void apply(byte[] bytes, int offset, int length, int key, long position) {
        int turned = Integer.rotateRight(key, (int) (position & 3) * 8);
        long twice = (turned & 0xFFFF_FFFFL) << 32 | (turned & 0xFFFF_FFFFL);
        int end = offset + length;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ twice);
        }
        for (int i = 0; at < end; at++, i++) {
            bytes[at] ^= (byte) (twice >>> (i * 8));
        }
    }
}
