package dev.outpost.cli.command;

import dev.outpost.executor.process.AwaitedEvents;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a process prints, until all of it is written and the process has ended. The next output is asked for when
 * the last one is written: a reader who is slow makes the process wait, and nothing piles up.
 */
final class ProcessOutput {
    private static final int SIGNALLED = 128;
    private static final int SIGPIPE = 13;

    private ProcessOutput() {}

    /**
     * Blocks until the end.
     *
     * @return the exit code, as a shell would show it
     * @throws CommandFailure if the connection is lost, or output is
     */
    static int copy(ExecProcess process, OutputStream stdout, OutputStream stderr) throws CommandFailure {
        ExitStatus status = null;
        long missing = 0;
        try (AwaitedEvents events = AwaitedEvents.of(process, 0)) {
            for (ProcessEvent event = events.next(); event != null; event = events.next()) {
                // Not a switch: those over types are linked at run time, for some ms of every start.
                if (event instanceof ProcessEvent.Output(var _, var stream, byte[] bytes)) {
                    (stream == ProcessStream.STDERR ? stderr : stdout).write(bytes);
                } else if (event instanceof ProcessEvent.Gap(long first, long last)) {
                    missing += last - first + 1;
                } else if (event instanceof ProcessEvent.Exited exited) {
                    status = exited.status();
                } else if (event instanceof ProcessEvent.Failed failed) {
                    throw new CommandFailure(CommandFailure.LOST, failed.message());
                }
            }
            return end(status, missing);
        } catch (IOException nobodyReads) {
            var _ = process.terminate();
            return SIGNALLED + SIGPIPE;
        } catch (InterruptedException unexpected) {
            // Nobody interrupts this thread, so an interrupt is a bug.
            throw new IllegalStateException(unexpected);
        }
    }

    private static int end(@Nullable ExitStatus status, long missing) throws CommandFailure {
        if (missing > 0) {
            throw new CommandFailure(
                    CommandFailure.OUTPOST,
                    missing + " pieces of the output are missing: the server kept less than was behind when the"
                            + " connection was lost or slow");
        }
        if (status instanceof ExitStatus.Signal(int number)) {
            return SIGNALLED + number;
        }
        return status instanceof ExitStatus.Code(int code) ? code & 0xff : CommandFailure.LOST;
    }
}
