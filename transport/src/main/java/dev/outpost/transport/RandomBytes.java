package dev.outpost.transport;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * Bytes that nobody can predict, from the kernel. {@link SecureRandom} reads them from the same place, but looks for
 * providers first, which takes tens of milliseconds of a start; it is asked where there is no such device. Safe from any
 * thread; doesn't wait.
 */
public final class RandomBytes {
    private static final String DEVICE = "/dev/urandom";
    private static final int UUID_BYTES = 16;

    private RandomBytes() {}

    /** Fills an array. */
    public static void fill(byte[] bytes) {
        try (InputStream device = new FileInputStream(DEVICE)) {
            if (device.readNBytes(bytes, 0, bytes.length) == bytes.length) {
                return;
            }
        } catch (IOException noDevice) {
            // There is another way.
        }
        new SecureRandom().nextBytes(bytes);
    }

    /** A random UUID, as {@link UUID#randomUUID} makes them. */
    public static UUID uuid() {
        byte[] bytes = new byte[UUID_BYTES];
        fill(bytes);
        bytes[6] = (byte) (bytes[6] & 0x0f | 0x40); // version 4
        bytes[8] = (byte) (bytes[8] & 0x3f | 0x80); // the IETF's variant
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new UUID(halves.getLong(), halves.getLong());
    }
}
