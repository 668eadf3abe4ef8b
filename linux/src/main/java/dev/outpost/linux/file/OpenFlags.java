package dev.outpost.linux.file;

/** Flags of {@code open}, two of which differ between the architectures. */
final class OpenFlags {
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    static final int READ_ONLY = 0;
    static final int WRITE_ONLY = 1;
    static final int CREATE = 0x40;
    static final int NONBLOCK = 0x800;
    static final int PATH_ONLY = 0x200000;
    static final int DIRECTORY = ARM ? 0x4000 : 0x10000;
    static final int NOFOLLOW = ARM ? 0x8000 : 0x20000;

    /** On every open: no child inherits it, and opening a terminal never makes it ours. */
    static final int ALWAYS = 0x80000 | 0x100;

    private OpenFlags() {}

    /** {@link #NOFOLLOW} or nothing. */
    static int of(Links links) {
        return switch (links) {
            case FOLLOW -> 0;
            case NO_FOLLOW -> NOFOLLOW;
        };
    }
}
