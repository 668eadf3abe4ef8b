package dev.outpost.linux.file;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The call {@code fstatfs}. */
final class Statfs {
    private static final Libc.Function FSTATFS = Libc.function("fstatfs");

    private Statfs() {}

    /** Which kind of file system an open file is on; may wait for it. */
    static long kind(int fd) throws LinuxException {
        MemorySegment statfs = Scratch.get().data;
        Descriptor.call(FSTATFS, fd, statfs.address(), 0, 0, 0);
        return statfs.get(ValueLayout.JAVA_LONG, 0);
    }
}
