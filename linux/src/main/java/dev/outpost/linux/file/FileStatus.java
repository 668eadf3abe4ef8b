package dev.outpost.linux.file;

/**
 * What the kernel knows of a file.
 *
 * @param type never {@link FileType#UNKNOWN}
 * @param permissions the lower 12 bits of the mode
 * @param id which file it is
 * @param size bytes; 0 for most of what is not a regular file and for many files in {@code /proc}
 * @param createdAtMillis since 1970, negative before, 0 if the file system does not know
 * @param modifiedAtMillis since 1970, negative before
 */
public record FileStatus(
        FileType type, int permissions, FileId id, long size, long createdAtMillis, long modifiedAtMillis) {
    /** Whether it is a directory. */
    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /** Whether it is a regular file. */
    public boolean isRegular() {
        return type == FileType.REGULAR;
    }

    /** Whether it is a symbolic link. */
    public boolean isSymlink() {
        return type == FileType.SYMLINK;
    }
}
