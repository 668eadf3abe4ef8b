package dev.outpost.executor.filesystem;

import java.util.Objects;

/**
 * The bytes of a file that was read, at the moment it was read, or is to be written. Large content that was read lives
 * outside the Java heap, so it must be closed by whoever got it. For one thread at a time.
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

    /** All of it as an array; only for what fits into one. */
    default byte[] toByteArray() {
        byte[] bytes = new byte[Math.toIntExact(size())];
        int copied = copy(0, bytes, 0, bytes.length);
        assert copied == bytes.length;
        return bytes;
    }

    /** Frees the memory; idempotent. */
    @Override
    void close();

    /** Content that is an array already; the array is not copied. */
    static FileContent of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** Content that is a part of an array; it is not copied. */
    static FileContent of(byte[] bytes, int start, int size) {
        Objects.checkFromIndexSize(start, size, bytes.length);
        return new FileContent() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public int copy(long position, byte[] target, int offset, int length) {
                Objects.checkIndex(position, size + 1L);
                int count = Math.min(length, size - (int) position);
                System.arraycopy(bytes, start + (int) position, target, offset, count);
                return count;
            }

            @Override
            public void close() {}
        };
    }
}
