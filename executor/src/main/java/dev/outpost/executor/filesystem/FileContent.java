package dev.outpost.executor.filesystem;

import java.util.Objects;

/**
 * The bytes of a file that was read, at the moment it was read. Large content lives outside the Java heap, so it must
 * be closed by whoever got it. For one thread at a time.
 */
public interface FileContent extends AutoCloseable {
    /** Number of bytes. */
    long size();

    /**
     * Copies bytes out.
     *
     * @param position first byte wanted, 0 … {@link #size}
     * @return how many were copied: {@code length}, or what is left
     */
    int copy(long position, byte[] target, int offset, int length);

    /** Frees the memory; idempotent. */
    @Override
    void close();

    /** Content that is an array already; the array is not copied. */
    static FileContent of(byte[] bytes) {
        return new FileContent() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int copy(long position, byte[] target, int offset, int length) {
                Objects.checkIndex(position, bytes.length + 1L);
                int count = Math.min(length, bytes.length - (int) position);
                System.arraycopy(bytes, (int) position, target, offset, count);
                return count;
            }

            @Override
            public void close() {}
        };
    }
}
