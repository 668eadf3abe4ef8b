package dev.outpost.executor.filesystem;

/**
 * What is at a path (spec F12).
 *
 * @param directory whether the target, links followed, is a directory
 * @param file whether the target is a regular file; devices, sockets and pipes are neither
 * @param symlink whether the path itself is a symbolic link
 * @param size bytes of the target; -1 if the executor does not tell, as Codex 0.131
 * @param createdAtMillis since 1970, 0 if unknown or earlier
 * @param modifiedAtMillis since 1970, 0 if unknown or earlier
 */
public record FileMetadata(
        boolean directory, boolean file, boolean symlink, long size, long createdAtMillis, long modifiedAtMillis) {}
