package dev.outpost.linux.file;

/** What a name stands for. */
public enum FileType {
    /** Bytes on a disk, or what pretends to be that, as in {@code /proc}. */
    REGULAR,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link. */
    SYMLINK,
    /** A named pipe. */
    FIFO,
    /** A Unix socket; can't be opened. */
    SOCKET,
    /** A terminal, {@code /dev/null} and the like. */
    CHARACTER_DEVICE,
    /** A disk. */
    BLOCK_DEVICE,
    /** The file system did not say; {@link Directory#status} does. */
    UNKNOWN;

    /** From the upper bits of {@code st_mode}. */
    static FileType ofMode(int mode) {
        return ofDirent(mode >> 12);
    }

    /** From {@code d_type}, whose numbers are the upper bits of {@code st_mode}. */
    static FileType ofDirent(int type) {
        return switch (type) {
            case 1 -> FIFO;
            case 2 -> CHARACTER_DEVICE;
            case 4 -> DIRECTORY;
            case 6 -> BLOCK_DEVICE;
            case 8 -> REGULAR;
            case 10 -> SYMLINK;
            case 12 -> SOCKET;
            default -> UNKNOWN;
        };
    }
}
