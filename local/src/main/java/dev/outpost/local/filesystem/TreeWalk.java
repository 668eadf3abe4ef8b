package dev.outpost.local.filesystem;

import java.util.ArrayDeque;
import java.util.Deque;

/** What the walks over trees have in common. */
final class TreeWalk {
    private static final int NEAR_LEVELS = 32;
    private static final int NEAR_BYTES = 32768;
    private static final int FAR_BYTES = 1024;

    private TreeWalk() {}

    /**
     * How much of a directory to read at a time. Subdirectories found in it are remembered while the walk goes down, so
     * a deep tree is read in small pieces to bound the memory for all levels together.
     */
    static int batchBytes(int depth) {
        return depth <= NEAR_LEVELS ? NEAR_BYTES : FAR_BYTES;
    }

    /** A directory that the walk is in. */
    static final class Level {
        /** In the directory above. */
        final byte[] name;

        /** Subdirectories that were found and not yet entered. */
        final Deque<byte[]> pending = new ArrayDeque<>();

        /** How often it was read again because something was added to it. */
        int rereads;

        Level(byte[] name) {
            this.name = name;
        }
    }
}
