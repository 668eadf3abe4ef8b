package dev.outpost.linux.spawn;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Starts child processes with posix_spawn. A child leads a session and a process group of its own (spec P58), starts
 * with an empty signal mask and default dispositions (spec P59), and has no descriptor but 0, 1 and 2 (spec P66) and those
 * that the request names.
 *
 * <p>Safe from any thread; blocks the calling one until the child runs its program, about half a millisecond.
 */
public final class Spawner {
    private static final Libc.Function POSIX_SPAWN = Libc.function("posix_spawn");
    private static final Libc.Function ATTRIBUTES_INIT = Libc.function("posix_spawnattr_init");
    private static final Libc.Function SET_FLAGS = Libc.function("posix_spawnattr_setflags");
    private static final Libc.Function SET_DEFAULT = Libc.function("posix_spawnattr_setsigdefault");
    private static final Libc.Function SET_MASK = Libc.function("posix_spawnattr_setsigmask");
    private static final Libc.Function ACTIONS_INIT = Libc.function("posix_spawn_file_actions_init");
    private static final Libc.Function ACTIONS_DESTROY = Libc.function("posix_spawn_file_actions_destroy");
    private static final Libc.Function ADD_OPEN = Libc.function("posix_spawn_file_actions_addopen");
    private static final Libc.Function ADD_DUP2 = Libc.function("posix_spawn_file_actions_adddup2");
    private static final Libc.Function ADD_CHDIR = Libc.function("posix_spawn_file_actions_addchdir_np");
    private static final Libc.Function ADD_CLOSE_FROM = Libc.function("posix_spawn_file_actions_addclosefrom_np");
    private static final Libc.Function STAT = Libc.function("stat");

    private static final int FLAGS = 0x04 /* SETSIGDEF */ | 0x08 /* SETSIGMASK */ | 0x80 /* SETSID */;

    /** glibc has 336 and 80 bytes on both architectures. */
    private static final long ATTRIBUTES_SIZE = 512;

    private static final long ACTIONS_SIZE = 256;
    private static final long SIGNAL_SET_SIZE = 128;

    /** glibc has 144 bytes on x86-64 and 128 on AArch64. */
    private static final long STAT_SIZE = 256;

    private static final byte ALL_SIGNALS = (byte) 0xff;

    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;

    /** The same for every child, and only read by posix_spawn. */
    private static final MemorySegment ATTRIBUTES = attributes();

    /**
     * Held for reading while a child is being started: until it runs its program it holds copies of all descriptors
     * of this process. Held for writing, there is no such child.
     */
    private static final ReentrantReadWriteLock STARTING = new ReentrantReadWriteLock();

    private Spawner() {}

    /**
     * Starts a child. The caller has to reap it.
     *
     * @return its process id, which is also that of its group and its session
     * @throws LinuxException {@code ENOENT} if the program or the directory is missing (tell them apart with
     *     {@link #checkDirectory}), {@code EACCES} if the file is not executable or a directory, {@code ENOEXEC} if it is
     *     no program, {@code ETXTBSY} if somebody has it open for writing, {@code E2BIG} if arguments and environment are too long, {@code EBADF} if a descriptor is not
     *     open, {@code EAGAIN} if there are too many processes
     */
    public static int spawn(SpawnRequest request) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ACTIONS_SIZE, 16);
            require(ACTIONS_INIT, ACTIONS_INIT.callOrErrno(actions.address()));
            try {
                addActions(request, actions.address(), arena);
                return start(request, actions.address(), arena);
            } finally {
                ACTIONS_DESTROY.callOrErrno(actions.address());
            }
        }
    }

    /**
     * Whether a child could have this working directory, because a failed {@link #spawn} does not tell.
     *
     * @param path a relative one is relative to this process's directory
     * @throws IllegalArgumentException if it holds a NUL
     * @throws LinuxException {@code ENOENT}, {@code ENOTDIR} or {@code EACCES}, among others, if it could not
     */
    public static void checkDirectory(byte[] path) throws LinuxException {
        SpawnRequest.requireNoNul("path", path);
        // The dot makes the kernel check the permission to search the directory itself, with the ids that chdir uses.
        byte[] inside = Arrays.copyOf(path, path.length + 2);
        inside[path.length] = '/';
        inside[path.length + 1] = '.';
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = string(inside, arena);
            MemorySegment status = arena.allocate(STAT_SIZE, 8);
            require(STAT, path.length == 0 ? Errno.ENOENT : -STAT.callOrErrno(name.address(), status.address()));
        }
    }

    private static int start(SpawnRequest request, long actions, Arena arena) throws LinuxException {
        MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
        MemorySegment program = string(request.program(), arena);
        MemorySegment argv = strings(request.argv(), arena);
        MemorySegment environment = strings(request.environment(), arena);
        long error;
        STARTING.readLock().lock();
        try {
            error = call(pid, program, actions, argv, environment);
        } finally {
            STARTING.readLock().unlock();
        }
        if (error == Errno.ETXTBSY && awaitNoneStarting()) {
            // The program was written by this process a moment ago, and a child being started still held a copy of the
            // descriptor. Once more, with no such child around.
            try {
                error = call(pid, program, actions, argv, environment);
            } finally {
                STARTING.writeLock().unlock();
            }
        }
        require(POSIX_SPAWN, error);
        return pid.get(ValueLayout.JAVA_INT, 0);
    }

    /** Takes the lock for writing. A start that hangs, on a dead network file system, must not hang all that follow. */
    private static boolean awaitNoneStarting() {
        try {
            return STARTING.writeLock().tryLock(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long call(
            MemorySegment pid, MemorySegment program, long actions, MemorySegment argv, MemorySegment environment) {
        return POSIX_SPAWN.callOrErrno(
                pid.address(), program.address(), actions, ATTRIBUTES.address(), argv.address(), environment.address());
    }

    /**
     * Fills in what happens in the child before it runs its program. Its session exists by then, so that the terminal
     * that is opened becomes the session's.
     */
    private static void addActions(SpawnRequest request, long actions, Arena arena) throws LinuxException {
        byte[] terminal = request.terminal();
        int[] sources = IntStream.concat(
                        IntStream.of(request.stdin(), request.stdout(), request.stderr()),
                        request.more().stream().mapToInt(source -> source))
                .toArray();
        addDescriptors(sources, terminal == null ? 0 : 3, actions);
        if (terminal != null) {
            int flags = request.controlling() ? O_RDWR : O_RDWR | O_NOCTTY;
            require(
                    ADD_OPEN,
                    ADD_OPEN.callOrErrno(actions, 0, string(terminal, arena).address(), flags));
            require(ADD_DUP2, ADD_DUP2.callOrErrno(actions, 0, 1));
            require(ADD_DUP2, ADD_DUP2.callOrErrno(actions, 0, 2));
        }
        byte[] cwd = request.cwd();
        if (cwd != null) {
            require(ADD_CHDIR, ADD_CHDIR.callOrErrno(actions, string(cwd, arena).address()));
        }
        require(ADD_CLOSE_FROM, ADD_CLOSE_FROM.callOrErrno(actions, sources.length));
    }

    /**
     * Puts descriptors in the places that their indices name, from {@code first} on. One that is among these places but
     * in the wrong one moves out of the way first, to a number that nothing after it needs. A dup2 to the same number
     * clears close-on-exec in glibc.
     */
    private static void addDescriptors(int[] sources, int first, long actions) throws LinuxException {
        int spare = sources.length;
        for (int place = first; place < sources.length; place++) {
            if (sources[place] < sources.length && sources[place] != place) {
                while (isAmong(spare, sources)) {
                    spare++;
                }
                require(ADD_DUP2, ADD_DUP2.callOrErrno(actions, sources[place], spare));
                sources[place] = spare;
            }
        }
        for (int place = first; place < sources.length; place++) {
            require(ADD_DUP2, ADD_DUP2.callOrErrno(actions, sources[place], place));
        }
    }

    private static boolean isAmong(int number, int[] numbers) {
        return Arrays.stream(numbers).anyMatch(other -> other == number);
    }

    /** A C string. */
    private static MemorySegment string(byte[] value, Arena arena) {
        MemorySegment string = arena.allocate(value.length + 1L);
        MemorySegment.copy(value, 0, string, ValueLayout.JAVA_BYTE, 0, value.length);
        return string;
    }

    /** A null-terminated array of pointers to C strings, all in one block. */
    private static MemorySegment strings(List<byte[]> values, Arena arena) {
        long size = (values.size() + 1L) * Long.BYTES;
        for (byte[] value : values) {
            size += value.length + 1L;
        }
        MemorySegment block = arena.allocate(size, Long.BYTES);
        long offset = (values.size() + 1L) * Long.BYTES;
        for (int i = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            block.setAtIndex(ValueLayout.JAVA_LONG, i, block.address() + offset);
            MemorySegment.copy(value, 0, block, ValueLayout.JAVA_BYTE, offset, value.length);
            offset += value.length + 1L;
        }
        return block;
    }

    private static MemorySegment attributes() {
        MemorySegment attributes = Arena.global().allocate(ATTRIBUTES_SIZE, 16);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(SIGNAL_SET_SIZE, 8);
            MemorySegment all = arena.allocate(SIGNAL_SET_SIZE, 8).fill(ALL_SIGNALS);
            require(ATTRIBUTES_INIT, ATTRIBUTES_INIT.callOrErrno(attributes.address()));
            require(SET_FLAGS, SET_FLAGS.callOrErrno(attributes.address(), FLAGS));
            require(SET_MASK, SET_MASK.callOrErrno(attributes.address(), none.address()));
            require(SET_DEFAULT, SET_DEFAULT.callOrErrno(attributes.address(), all.address()));
        } catch (LinuxException e) {
            throw new IllegalStateException("this C library refuses the attributes of a child", e);
        }
        return attributes;
    }

    /** The functions of the posix_spawn family return the error number. */
    private static void require(Libc.Function function, long error) throws LinuxException {
        if (error != 0) {
            throw new LinuxException(function.name(), (int) error);
        }
    }
}
