package dev.outpost.local.sandbox;

import java.util.Arrays;

/** Absolute, normalised paths as bytes, without allocating more than the result. */
final class Locations {
    static final byte[] ROOT = {'/'};

    private Locations() {}

    /** The directory of a location; of the root, itself. */
    static byte[] parent(byte[] location) {
        int slash = lastSlash(location);
        return slash <= 0 ? ROOT : Arrays.copyOf(location, slash);
    }

    /** The last component; of the root, nothing. */
    static byte[] name(byte[] location) {
        return Arrays.copyOfRange(location, lastSlash(location) + 1, location.length);
    }

    /** A name in a directory. */
    static byte[] child(byte[] directory, byte[] name) {
        return join(directory, name);
    }

    /** A path that is relative to a directory, or absolute; not normalised. */
    static byte[] join(byte[] directory, byte[] path) {
        if (path.length > 0 && path[0] == '/') {
            return path;
        }
        int length = directory.length == 1 ? 0 : directory.length;
        byte[] joined = Arrays.copyOf(directory, length + 1 + path.length);
        joined[length] = '/';
        System.arraycopy(path, 0, joined, length + 1, path.length);
        return joined;
    }

    /** Whether no component is empty, {@code .} or {@code ..}. */
    static boolean isNormalized(byte[] path) {
        int start = 1;
        while (start <= path.length) {
            int end = PathTrie.end(path, start);
            if (end == start || isDot(path, start, end) || isDotDot(path, start, end)) {
                return false;
            }
            start = end + 1;
        }
        return true;
    }

    static boolean isDot(byte[] path, int start, int end) {
        return end - start == 1 && path[start] == '.';
    }

    static boolean isDotDot(byte[] path, int start, int end) {
        return end - start == 2 && path[start] == '.' && path[start + 1] == '.';
    }

    private static int lastSlash(byte[] path) {
        int at = path.length - 1;
        while (at >= 0 && path[at] != '/') {
            at--;
        }
        return at;
    }
}
