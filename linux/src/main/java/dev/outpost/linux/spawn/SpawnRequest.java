package dev.outpost.linux.spawn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to start. Strings are bytes, as the kernel takes them, without the terminating NUL. The arrays are not copied:
 * leave them unchanged.
 *
 * @param program path of the executable file; one that is relative is relative to {@code cwd}, PATH is not searched
 * @param argv the arguments from {@code argv[0]} on, so at least one
 * @param environment entries {@code NAME=value}, the child's whole environment
 * @param cwd the working directory; null = that of this process
 * @param stdin the descriptor that becomes the child's 0
 * @param stdout the descriptor that becomes the child's 1; may be the same as another
 * @param stderr the descriptor that becomes the child's 2; may be the same as another
 * @param terminal path of a terminal that becomes the child's 0, 1 and 2; the three descriptors are then ignored. Null =
 *     none
 * @param controlling whether the terminal becomes the child's controlling one; if not, a descendant may take it
 * @param more descriptors that become the child's 3, 4 and so on
 */
@SuppressWarnings("ArrayRecordComponent") // a request is read once, never compared
public record SpawnRequest(
        byte[] program,
        List<byte[]> argv,
        List<byte[]> environment,
        byte @Nullable [] cwd,
        int stdin,
        int stdout,
        int stderr,
        byte @Nullable [] terminal,
        boolean controlling,
        List<Integer> more) {

    /**
     * Checks and takes over the components.
     *
     * @throws IllegalArgumentException if there is no {@code argv[0]}, or a string holds a NUL, which would cut it short
     */
    // Not compact: javac 25 leaves @Nullable of an array component out of a compact constructor's class file.
    public SpawnRequest(
            byte[] program,
            List<byte[]> argv,
            List<byte[]> environment,
            byte @Nullable [] cwd,
            int stdin,
            int stdout,
            int stderr,
            byte @Nullable [] terminal,
            boolean controlling,
            List<Integer> more) {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("argv has no argv[0]");
        }
        requireNoNul("program", program);
        argv.forEach(argument -> requireNoNul("argv", argument));
        environment.forEach(entry -> requireNoNul("environment", entry));
        requireNoNul("cwd", cwd);
        requireNoNul("terminal", terminal);
        this.program = program;
        this.argv = List.copyOf(argv);
        this.environment = List.copyOf(environment);
        this.cwd = cwd;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        this.terminal = terminal;
        this.controlling = controlling;
        this.more = List.copyOf(more);
    }

    /** With a controlling terminal, if any, and no descriptor but the three. */
    public SpawnRequest(
            byte[] program,
            List<byte[]> argv,
            List<byte[]> environment,
            byte @Nullable [] cwd,
            int stdin,
            int stdout,
            int stderr,
            byte @Nullable [] terminal) {
        this(program, argv, environment, cwd, stdin, stdout, stderr, terminal, true, List.of());
    }

    static void requireNoNul(String component, byte @Nullable [] value) {
        if (value == null) {
            return;
        }
        for (byte b : value) {
            if (b == 0) {
                throw new IllegalArgumentException(component + " holds a NUL byte");
            }
        }
    }
}
