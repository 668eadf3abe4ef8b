package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;

/**
 * One thing that is put at a path of a sandboxed process's view of the disk.
 *
 * @param path absolute, normalised and without symbolic links
 */
public record Mount(Kind kind, HostPath path) {
    /** What is there. */
    public enum Kind {
        /** What the host has there, and it can't be changed. */
        READ_ONLY,
        /** What the host has there. */
        READ_WRITE,
        /** What the host has there, devices included. */
        DEVICES,
        /** A directory without anything, which nobody may enter. */
        HIDDEN_DIRECTORY,
        /** A file that nobody may open. */
        HIDDEN_FILE,
    }
}
