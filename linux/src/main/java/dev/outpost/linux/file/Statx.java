package dev.outpost.linux.file;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The call {@code statx}, which unlike {@code stat} has one layout on all architectures and knows the birth time. */
final class Statx {
    private static final Libc.Function STATX = Libc.function("statx");

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    private static final int BASIC_STATS = 0x7ff;
    private static final int BTIME = 0x800;
    private static final byte[] NO_NAME = {};

    private Statx() {}

    /** Status of an open file. */
    static FileStatus ofDescriptor(int fd) throws LinuxException {
        return of(fd, NO_NAME, AT_EMPTY_PATH);
    }

    /** The same as far as it is known here, without asking a server whether it is still so. */
    static FileStatus ofDescriptorFromMemory(int fd) throws LinuxException {
        return of(fd, NO_NAME, AT_EMPTY_PATH | AT_STATX_DONT_SYNC);
    }

    /** Status of what a name stands for. */
    static FileStatus ofName(int directory, byte[] path, Links links) throws LinuxException {
        return of(
                directory,
                path,
                switch (links) {
                    case FOLLOW -> 0;
                    case NO_FOLLOW -> AT_SYMLINK_NOFOLLOW;
                });
    }

    private static FileStatus of(int directory, byte[] path, int flags) throws LinuxException {
        Scratch scratch = Scratch.get();
        MemorySegment s = scratch.data;
        Descriptor.call(STATX, directory, scratch.path(path), flags, BASIC_STATS | BTIME, s.address());
        int mode = Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT, 28));
        boolean birthKnown = (s.get(ValueLayout.JAVA_INT, 0) & BTIME) != 0;
        long device = (Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 136)) << 32)
                | Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 140));
        return new FileStatus(
                FileType.ofMode(mode),
                mode & 0xfff,
                new FileId(device, s.get(ValueLayout.JAVA_LONG, 32)),
                s.get(ValueLayout.JAVA_LONG, 40),
                birthKnown ? millis(s, 80) : 0,
                millis(s, 112));
    }

    /** A {@code statx_timestamp}: seconds as a long, nanoseconds as an int. */
    private static long millis(MemorySegment statx, long offset) {
        long seconds = statx.get(ValueLayout.JAVA_LONG, offset);
        int nanos = statx.get(ValueLayout.JAVA_INT, offset + 8);
        return seconds * 1000 + nanos / 1_000_000;
    }
}
