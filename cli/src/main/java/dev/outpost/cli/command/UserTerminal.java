package dev.outpost.cli.command;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.pty.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * The terminal this program was started on, while a command elsewhere has it. Closing it gives it back, and so does the
 * end of the JVM however it comes, but for SIGKILL.
 */
final class UserTerminal implements AutoCloseable {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;

    private final @Nullable Terminal input;
    private final @Nullable Terminal output;

    private UserTerminal(@Nullable Terminal input, @Nullable Terminal output) {
        this.input = input;
        this.output = output;
    }

    /** Not needed. */
    static UserTerminal none() {
        return new UserTerminal(null, null);
    }

    /** Whether stdin is one. */
    static boolean isInput() {
        return Terminal.of(STDIN) != null;
    }

    /** Whether stderr is one, so that progress may be shown. */
    static boolean isError() {
        return Terminal.of(2) != null;
    }

    /** Takes what there is: without a terminal on stdin, keys are what is read from it. */
    static UserTerminal take() throws CommandFailure {
        Terminal input = Terminal.of(STDIN);
        UserTerminal taken = new UserTerminal(input, Terminal.of(STDOUT));
        if (input != null) {
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("terminal").unstarted(input::restore));
            try {
                input.makeRaw();
            } catch (LinuxException refused) {
                throw new CommandFailure(
                        CommandFailure.OUTPOST, "the terminal can't be passed on: " + refused.getMessage());
            }
        }
        return taken;
    }

    /** Whether every key is passed on. */
    boolean isRaw() {
        return input != null;
    }

    /** Its size now, or that of any terminal if it has none. */
    TerminalSize size() {
        Terminal terminal = output == null ? input : output;
        if (terminal != null) {
            try {
                Terminal.Size size = terminal.size();
                if (size.rows() > 0 && size.columns() > 0) {
                    return new TerminalSize(size.rows(), size.columns());
                }
            } catch (LinuxException gone) {
                // Hung up meanwhile: its size doesn't matter any more.
            }
        }
        return TerminalSize.DEFAULT;
    }

    /** From now on the process's terminal is as large as this one, where the server can do that. */
    void resizes(ExecProcess process) {
        if (input != null || output != null) {
            Signals.onResize(() -> resize(process));
            // What changed between the start and now.
            resize(process);
        }
    }

    private void resize(ExecProcess process) {
        var _ = process.resize(size()).exceptionally(_ -> null);
    }

    @Override
    public void close() {
        if (input != null) {
            input.restore();
        }
    }
}
