package dev.outpost.local.filesystem;

import dev.outpost.executor.filesystem.ExecutorFileSystem;

/**
 * What one {@link LocalFileSystem} may use.
 *
 * @param waitingFiles how many operations may wait for pipes and devices at a time, at least 1; one more fails
 * @param largeContentBytes memory for file contents above 1 MiB that were read and are not yet closed, at least {@link
 *     ExecutorFileSystem#READ_LIMIT}; a read that does not fit waits its turn
 * @param directoryEntries how many entries {@link ExecutorFileSystem#readDirectory} returns, at least 1; with one more
 *     it fails
 */
public record FileSystemLimits(int waitingFiles, long largeContentBytes, int directoryEntries) {
    /** 16 waiting files, 1 GiB of contents, 50000 entries (spec N49). */
    public static final FileSystemLimits DEFAULT = new FileSystemLimits(16, 1L << 30, 50_000);

    /** Checks the ranges. */
    public FileSystemLimits {
        if (waitingFiles < 1 || directoryEntries < 1 || largeContentBytes < ExecutorFileSystem.READ_LIMIT) {
            throw new IllegalArgumentException("a limit is too small: " + waitingFiles + " waiting files, "
                    + largeContentBytes + " bytes of contents, " + directoryEntries + " directory entries");
        }
    }
}
