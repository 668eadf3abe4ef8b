package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Calls into libc. Every function is linked with one and the same shape, six longs to a long with errno captured,
 * because linking a new shape costs 5 ms at start and calling through a known one nothing: integers, descriptors and
 * addresses all travel in integer registers on x86-64 and AArch64 Linux, variadic functions included.
 *
 * <p>Safe from any thread. A call that blocks pins a virtual thread's carrier, so call from platform threads.
 */
public final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    /**
     * Takes the function's address as its first argument, so that there is a single handle, constant to the compiler,
     * for all functions.
     */
    private static final MethodHandle CALL = LINKER.downcallHandle(SHAPE, Linker.Option.captureCallState("errno"));

    /** One capture buffer per platform thread that ever calls; 4 bytes, freed with the thread. */
    private static final ThreadLocal<MemorySegment> CAPTURES =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private Libc() {}

    /**
     * The function with this name.
     *
     * @throws UnsupportedOperationException with one clear sentence if this libc has none
     */
    public static Function function(String name) {
        MemorySegment address = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException(
                        "this C library has no " + name + "; Outpost needs glibc 2.34 or newer on Linux"));
        return new Function(name, address);
    }

    /** Whether this libc has a function with this name. */
    public static boolean has(String name) {
        return LINKER.defaultLookup().find(name).isPresent();
    }

    /** A libc function. Arguments beyond those it takes are ignored by it. */
    public static final class Function {
        private final String name;
        private final MemorySegment address;

        private Function(String name, MemorySegment address) {
            this.name = name;
            this.address = address;
        }

        /** Its name, for error messages. */
        public String name() {
            return name;
        }

        /** {@link #callOrErrno(long, long, long, long, long, long)} of a function with one argument. */
        public long callOrErrno(long a) {
            return callOrErrno(a, 0, 0, 0, 0, 0);
        }

        /** {@link #callOrErrno(long, long, long, long, long, long)} of a function with two arguments. */
        public long callOrErrno(long a, long b) {
            return callOrErrno(a, b, 0, 0, 0, 0);
        }

        /** {@link #callOrErrno(long, long, long, long, long, long)} of a function with three arguments. */
        public long callOrErrno(long a, long b, long c) {
            return callOrErrno(a, b, c, 0, 0, 0);
        }

        /** {@link #callOrErrno(long, long, long, long, long, long)} of a function with four arguments. */
        public long callOrErrno(long a, long b, long c, long d) {
            return callOrErrno(a, b, c, d, 0, 0);
        }

        /**
         * Calls a function that returns an {@code int} or a {@code ssize_t}, and -1 on failure. A pointer travels as
         * {@link MemorySegment#address}, so the caller keeps its memory alive until the call returns.
         *
         * @return the result, or {@code -errno} on failure
         */
        public long callOrErrno(long a, long b, long c, long d, long e, long f) {
            MemorySegment capture = CAPTURES.get();
            long result = call(capture, a, b, c, d, e, f);
            // An int -1 may come back zero-extended; no call here returns 0xffffffff otherwise.
            if (result == -1 || result == 0xffffffffL) {
                return -(long) (int) ERRNO.get(capture, 0L);
            }
            return result;
        }

        /** The result is whatever is in the result register, so an {@code int} is in the low 32 bits. */
        private long call(MemorySegment capture, long a, long b, long c, long d, long e, long f) {
            try {
                return (long) CALL.invokeExact(address, capture, a, b, c, d, e, f);
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
