package dev.outpost.cli;

import dev.outpost.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A kernel that doesn't know a system call, for programs: a filter answers it with ENOSYS. */
final class UnknownSystemCall {
    /** The same number on all architectures. */
    static final int LANDLOCK_CREATE_RULESET = 444;

    private static final Libc.Function PRCTL = Libc.function("prctl");
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SET_SECCOMP = 22;
    private static final int SECCOMP_MODE_FILTER = 2;

    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int REFUSE_WITH_ENOSYS = 0x00050000 | 38;
    private static final int ALLOW = 0x7fff0000;

    private UnknownSystemCall() {}

    /** Starts a program on a thread that has such a kernel, which the program inherits. */
    static Program start(int number, Callable<Program> start) throws Exception {
        FutureTask<Program> task = new FutureTask<>(() -> {
            confineThread(number);
            return start.call();
        });
        Thread.ofPlatform().start(task);
        return task.get();
    }

    private static void confineThread(int number) {
        ByteBuffer program = ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        add(program, LOAD_WORD, 0, 0, 0);
        add(program, JUMP_EQUAL, 0, 1, number);
        add(program, RETURN, 0, 0, REFUSE_WITH_ENOSYS);
        add(program, RETURN, 0, 0, ALLOW);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocateFrom(ValueLayout.JAVA_BYTE, program.array());
            MemorySegment header = arena.allocate(16, 8);
            header.set(ValueLayout.JAVA_SHORT, 0, (short) 4);
            header.set(ValueLayout.JAVA_LONG, 8, code.address());
            require(PRCTL.callOrErrno(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0));
            require(PRCTL.callOrErrno(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header.address(), 0, 0, 0));
        }
    }

    /** A {@code struct sock_filter}. */
    private static void add(ByteBuffer program, int code, int ifTrue, int ifFalse, int operand) {
        program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }

    private static void require(long result) {
        if (result < 0) {
            throw new IllegalStateException("this kernel has no filters of system calls: errno " + -result);
        }
    }
}
