package dev.outpost.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A path on the executor's host: POSIX, a string of bytes that need not be UTF-8. Immutable. Not a {@link
 * java.nio.file.Path}, because that depends on the locale of this JVM and belongs to this machine.
 */
public final class HostPath {
    private static final byte SLASH = '/';

    private final byte[] bytes;

    private HostPath(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The path with these characters, in UTF-8, verbatim. */
    public static HostPath of(String path) {
        return new HostPath(path.getBytes(UTF_8));
    }

    /** The path with these bytes, verbatim; the array is copied. */
    public static HostPath ofBytes(byte[] path) {
        return new HostPath(path.clone());
    }

    /** Whether it begins with a slash. */
    public boolean isAbsolute() {
        return bytes.length > 0 && bytes[0] == SLASH;
    }

    /** A copy of the bytes, without a terminating NUL. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Whether a NUL byte is in it, so that no system call can take it. */
    public boolean hasNul() {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Removes {@code .}, duplicate and trailing slashes, and lets {@code ..} pop one component, without looking at the
     * disk (spec F2). An absolute path stays absolute; {@code ..} stops at the root.
     *
     * @throws IllegalStateException if the path is not absolute
     */
    public HostPath normalized() {
        if (!isAbsolute()) {
            throw new IllegalStateException("not absolute: " + this);
        }
        List<byte[]> kept = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != SLASH) {
                end++;
            }
            int length = end - start;
            boolean dot = length == 1 && bytes[start] == '.';
            boolean dotDot = length == 2 && bytes[start] == '.' && bytes[start + 1] == '.';
            if (dotDot) {
                if (!kept.isEmpty()) {
                    kept.removeLast();
                }
            } else if (length > 0 && !dot) {
                kept.add(Arrays.copyOfRange(bytes, start, end));
            }
            start = end + 1;
        }
        if (kept.isEmpty()) {
            return new HostPath(new byte[] {SLASH});
        }
        int total = 0;
        for (byte[] component : kept) {
            total += component.length + 1;
        }
        byte[] out = new byte[total];
        int at = 0;
        for (byte[] component : kept) {
            out[at++] = SLASH;
            System.arraycopy(component, 0, out, at, component.length);
            at += component.length;
        }
        return new HostPath(out);
    }

    /** This path, a slash unless it ends with one, and the relative path {@code child}, verbatim. */
    public HostPath resolve(HostPath child) {
        if (child.isAbsolute()) {
            return child;
        }
        boolean slash = bytes.length > 0 && bytes[bytes.length - 1] != SLASH;
        byte[] out = Arrays.copyOf(bytes, bytes.length + (slash ? 1 : 0) + child.bytes.length);
        if (slash) {
            out[bytes.length] = SLASH;
        }
        System.arraycopy(child.bytes, 0, out, out.length - child.bytes.length, child.bytes.length);
        return new HostPath(out);
    }

    /** Whether this path is {@code ancestor} or lies below it, component by component; both must be normalised. */
    public boolean startsWith(HostPath ancestor) {
        int n = ancestor.bytes.length;
        if (bytes.length < n || !Arrays.equals(bytes, 0, n, ancestor.bytes, 0, n)) {
            return false;
        }
        return bytes.length == n || bytes[n] == SLASH || (n > 0 && ancestor.bytes[n - 1] == SLASH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostPath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The path as text; bytes that are not UTF-8 become U+FFFD. */
    @Override
    public String toString() {
        return new String(bytes, UTF_8);
    }
}
