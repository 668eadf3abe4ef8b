package dev.outpost.linux.proc;

import dev.outpost.linux.Errno;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of this machine, or of this pid namespace, as {@code /proc} shows them. Reads through the bare system
 * calls: whoever kills a tree of processes reads this repeatedly, in a race with them. Safe from any thread.
 */
public final class ProcessTable {
    private static final Libc.Function OPEN = Libc.function("openat");
    private static final Libc.Function LIST = Libc.function("getdents64");
    private static final Libc.Function GETSID = Libc.function("getsid");
    private static final Libc.Function CLOCK = Libc.function("clock_gettime");

    private static final int AT_FDCWD = -100;
    private static final int O_RDONLY_CLOEXEC = 0x80000;

    /** Counts from boot, suspended or not, as {@link Entry#startTime} does. */
    private static final int CLOCK_BOOTTIME = 7;

    private static final int TICKS_PER_SECOND = 100;
    private static final long NANOS_PER_TICK = 1_000_000_000 / TICKS_PER_SECOND;

    private static final long LISTING_SIZE = 32 * 1024;

    /** Longer than any {@code stat} line: 52 numbers of at most 20 digits, and a name of at most 64 bytes. */
    private static final long STAT_SIZE = 2048;

    /** Offsets in {@code struct linux_dirent64}. */
    private static final long RECORD_LENGTH = 16;

    private static final long RECORD_NAME = 19;

    private ProcessTable() {}

    /**
     * A process at the moment it was looked at. Its id and {@code startTime} together tell it from every other.
     *
     * @param pid its id
     * @param parent the parent's id, that of an adopting ancestor once the parent is gone; 0 = outside this namespace
     * @param group its process group; 0 = outside this namespace
     * @param session its session; 0 = outside this namespace
     * @param state the kernel's letter, such as {@code R}, {@code S}, {@code T}; {@code Z} and {@code X} are dead
     * @param startTime clock ticks since boot
     */
    public record Entry(int pid, int parent, int group, int session, char state, long startTime) {}

    /**
     * All processes, in no particular order. Not one moment's picture: what starts meanwhile may be missing, and what
     * ends meanwhile may be in it. Needs two descriptors.
     *
     * @throws LinuxException if there is no {@code /proc}, or no free descriptor
     */
    public static List<Entry> snapshot() throws LinuxException {
        List<Entry> entries = new ArrayList<>();
        try (Arena arena = Arena.ofConfined();
                FileDescriptor proc = open()) {
            MemorySegment stat = arena.allocate(STAT_SIZE);
            for (int pid : ids(proc, arena)) {
                Entry entry = read(proc, pid, stat);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    /**
     * The ids of all processes, in the same sense as a {@link #snapshot}, which costs far more. Needs one descriptor.
     *
     * @throws LinuxException if there is no {@code /proc}, or no free descriptor
     */
    public static int[] ids() throws LinuxException {
        try (Arena arena = Arena.ofConfined();
                FileDescriptor proc = open()) {
            return ids(proc, arena);
        }
    }

    /**
     * The session of a process.
     *
     * @param pid its id; 0 is the caller
     * @return 0 = outside this namespace, as for threads of the kernel; negative if there is no such process
     */
    public static int session(int pid) {
        return (int) GETSID.callOrErrno(pid);
    }

    /**
     * One process. Needs two descriptors.
     *
     * @return null if there is none with this id
     * @throws LinuxException if there is no {@code /proc}, or no free descriptor
     */
    public static @Nullable Entry find(int pid) throws LinuxException {
        try (Arena arena = Arena.ofConfined();
                FileDescriptor proc = open()) {
            return read(proc, pid, arena.allocate(STAT_SIZE));
        }
    }

    /** This moment as {@link Entry#startTime} would have it. */
    public static long now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(2 * Long.BYTES, 8);
            // Fails for a bad clock or address only.
            CLOCK.callOrErrno(CLOCK_BOOTTIME, time.address());
            long seconds = time.get(ValueLayout.JAVA_LONG, 0);
            long nanos = time.get(ValueLayout.JAVA_LONG, Long.BYTES);
            return seconds * TICKS_PER_SECOND + nanos / NANOS_PER_TICK;
        }
    }

    /** The fields of {@code /proc/PID/stat}: {@code pid (name) state parent group session ...}, see proc(5). */
    static Entry parse(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        // A name may hold spaces and parentheses, but only numbers come after it.
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", 21);
        return new Entry(
                Integer.parseInt(text.substring(0, text.indexOf(' '))),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[3]),
                fields[0].charAt(0),
                Long.parseLong(fields[19]));
    }

    private static @Nullable Entry read(FileDescriptor proc, int pid, MemorySegment buffer) throws LinuxException {
        int length;
        buffer.setString(0, pid + "/stat");
        try (FileDescriptor stat = FileDescriptor.of(proc.use(fd -> open(fd, buffer)))) {
            length = stat.read(buffer, STAT_SIZE);
        } catch (LinuxException e) {
            return switch (e.errno()) {
                // Gone before the open or before the read, or hidden from this user.
                case Errno.ENOENT, Errno.ESRCH, Errno.EACCES, Errno.EPERM -> null;
                default -> throw e;
            };
        }
        return length == 0 ? null : parse(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    private static int[] ids(FileDescriptor proc, Arena arena) throws LinuxException {
        MemorySegment listing = arena.allocate(LISTING_SIZE, 8);
        IntStream.Builder ids = IntStream.builder();
        for (int length = list(proc, listing); length > 0; length = list(proc, listing)) {
            for (long at = 0; at < length; at += listing.get(ValueLayout.JAVA_SHORT, at + RECORD_LENGTH)) {
                int pid = pid(listing, at + RECORD_NAME);
                if (pid >= 0) {
                    ids.add(pid);
                }
            }
        }
        return ids.build().toArray();
    }

    private static int list(FileDescriptor directory, MemorySegment listing) throws LinuxException {
        return directory.use(fd -> check(LIST, LIST.callOrErrno(fd, listing.address(), LISTING_SIZE)));
    }

    private static FileDescriptor open() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            return FileDescriptor.of(open(AT_FDCWD, arena.allocateFrom("/proc")));
        }
    }

    private static int open(int directory, MemorySegment path) throws LinuxException {
        return check(OPEN, OPEN.callOrErrno(directory, path.address(), O_RDONLY_CLOEXEC));
    }

    private static int check(Libc.Function function, long result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(function.name() + " in /proc", (int) -result);
        }
        return (int) result;
    }

    /** The number that is the name of a directory entry, -1 if it is another name. */
    private static int pid(MemorySegment listing, long name) {
        int pid = 0;
        for (long at = name; listing.get(ValueLayout.JAVA_BYTE, at) != 0; at++) {
            int digit = listing.get(ValueLayout.JAVA_BYTE, at) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            pid = pid * 10 + digit;
        }
        return pid;
    }
}
