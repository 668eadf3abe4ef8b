package dev.outpost.linux.landlock;

import java.util.EnumSet;
import java.util.Set;

/**
 * What can be done below a directory, or with a file. What is not among these Landlock leaves alone: looking up names,
 * {@code stat}, permissions, times and extended attributes.
 */
public enum Right {
    EXECUTE(0, 1, true),
    WRITE_FILE(1, 1, true),
    READ_FILE(2, 1, true),
    READ_DIRECTORY(3, 1, false),
    REMOVE_DIRECTORY(4, 1, false),
    REMOVE_FILE(5, 1, false),
    MAKE_CHARACTER_DEVICE(6, 1, false),
    MAKE_DIRECTORY(7, 1, false),
    MAKE_REGULAR(8, 1, false),
    MAKE_SOCKET(9, 1, false),
    MAKE_FIFO(10, 1, false),
    MAKE_BLOCK_DEVICE(11, 1, false),
    MAKE_SYMLINK(12, 1, false),
    /** Renaming and linking between directories; kernels that don't know it never allow that. */
    REFER(13, 2, false),
    /** Kernels that don't know it always allow that. */
    TRUNCATE(14, 3, true),
    /** ioctl(2) on devices; kernels that don't know it always allow that. */
    DEVICE_IOCTL(15, 5, true);

    private final long bit;
    private final int abi;
    private final boolean ofFiles;

    Right(int bit, int abi, boolean ofFiles) {
        this.bit = 1L << bit;
        this.abi = abi;
        this.ofFiles = ofFiles;
    }

    /** Those that a kernel with this version of Landlock can restrict. */
    static Set<Right> knownBy(int abi) {
        Set<Right> known = EnumSet.allOf(Right.class);
        known.removeIf(right -> right.abi > abi);
        return known;
    }

    /** Whether it makes sense for what is not a directory. */
    boolean isOfFiles() {
        return ofFiles;
    }

    static long bits(Set<Right> rights) {
        long bits = 0;
        for (Right right : rights) {
            bits |= right.bit;
        }
        return bits;
    }
}
