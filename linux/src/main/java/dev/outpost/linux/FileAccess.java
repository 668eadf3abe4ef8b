package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Questions about files by path, asked with this process's real user and group. Paths are bytes without NUL. Safe from any thread. */
public final class FileAccess {
    /** Whether it exists. */
    public static final int EXISTS = 0;

    /** Whether it may be executed, or searched if it is a directory. */
    public static final int EXECUTE = 1;

    /** Whether it may be written, or names be made in it if it is a directory that may be searched, too. */
    public static final int WRITE = 2;

    private static final Libc.Function ACCESS = Libc.function("access");
    private static final Libc.Function OPEN = Libc.function("open");

    private static final int O_RDWR_CLOEXEC = 2 | 0x80000;

    private FileAccess() {}

    /**
     * Asks for a permission; symbolic links are followed.
     *
     * @param permission one of the constants
     * @return 0 if granted, else the error number: {@code ENOENT}, {@code ENOTDIR}, {@code EACCES}, {@code EROFS}, {@code
     *     ELOOP} or {@code ENAMETOOLONG}, among others
     */
    public static int check(byte[] path, int permission) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) -ACCESS.callOrErrno(string(path, arena).address(), permission);
        }
    }

    /** Whether it is a directory, or a symbolic link to one. */
    public static boolean isDirectory(byte[] path) {
        // The slash makes the kernel insist on a directory.
        byte[] directory = Arrays.copyOf(path, path.length + 1);
        directory[path.length] = '/';
        return path.length > 0 && check(directory, EXISTS) == 0;
    }

    /**
     * Opens the device that swallows everything and has nothing to read.
     *
     * @throws LinuxException if this system has no {@code /dev/null}, or too many files are open
     */
    public static FileDescriptor openDevNull() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long fd = OPEN.callOrErrno(arena.allocateFrom("/dev/null").address(), O_RDWR_CLOEXEC);
            if (fd < 0) {
                throw new LinuxException("open of /dev/null", (int) -fd);
            }
            return FileDescriptor.of((int) fd);
        }
    }

    private static MemorySegment string(byte[] value, Arena arena) {
        MemorySegment string = arena.allocate(value.length + 1L);
        MemorySegment.copy(value, 0, string, ValueLayout.JAVA_BYTE, 0, value.length);
        return string;
    }
}
