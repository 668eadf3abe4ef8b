package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Platform;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.Pipe;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import dev.outpost.local.env.ExecutorEnvironment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program of ours with three pipes, in a session and process group of its own: for somebody who speaks a protocol with
 * it. Unlike the processes of {@link ProcessSupervisor} nobody looks after it but the caller, who signals, reaps and closes
 * everything.
 *
 * @param pid its id, and that of its group
 * @param process for waiting, signalling and reaping
 * @param stdin our end, not blocking
 * @param stdout our end, not blocking
 * @param stderr our end, not blocking
 */
public record PipedChild(int pid, PidFd process, FileDescriptor stdin, FileDescriptor stdout, FileDescriptor stderr) {
    /**
     * Starts it. Blocks for about half a millisecond.
     *
     * @param argv at least one; the first is looked up on the child's PATH if it has no slash
     * @param environment what it inherits
     * @param overlay laid over that
     * @param cwd its directory; null for this process's own
     * @throws IOException if it can't be started; the message is the system's, such as {@code No such file or directory
     *     (os error 2)}
     */
    public static PipedChild spawn(
            List<String> argv, ExecutorEnvironment environment, Map<String, String> overlay, @Nullable HostPath cwd)
            throws IOException {
        Platform.requireSupported();
        try {
            return spawn(
                    argv.stream().map(argument -> argument.getBytes(UTF_8)).toList(),
                    ExecutorEnvironment.of(environment.entries(overlay)),
                    cwd == null ? null : cwd.toBytes());
        } catch (LinuxException failure) {
            throw new IOException(failure.describe(), failure);
        } catch (ExecutorException failure) {
            throw new IOException(failure.getMessage(), failure);
        } catch (IllegalArgumentException nul) {
            throw new IOException("nul byte found in provided data", nul);
        }
    }

    private static PipedChild spawn(List<byte[]> argv, ExecutorEnvironment environment, byte @Nullable [] cwd)
            throws LinuxException, ExecutorException {
        if (cwd != null) {
            Spawner.checkDirectory(cwd);
        }
        List<byte[]> programs = ProgramLookup.forPipes(
                argv.getFirst(), cwd == null ? new byte[] {'.'} : cwd, environment.bytes("PATH"));
        List<Pipe> pipes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                pipes.add(Pipe.create());
            }
            FileDescriptor stdin = pipes.get(0).writeEnd();
            FileDescriptor stdout = pipes.get(1).readEnd();
            FileDescriptor stderr = pipes.get(2).readEnd();
            stdin.setNonBlocking();
            stdout.setNonBlocking();
            stderr.setNonBlocking();
            int pid = Launcher.spawnFirst(
                    programs,
                    program -> new SpawnRequest(
                            program,
                            argv,
                            environment.entries(Map.of()),
                            cwd,
                            pipes.get(0).readEnd().number(),
                            pipes.get(1).writeEnd().number(),
                            pipes.get(2).writeEnd().number(),
                            null));
            pipes.get(0).readEnd().close();
            pipes.get(1).writeEnd().close();
            pipes.get(2).writeEnd().close();
            return new PipedChild(pid, Launcher.open(pid), stdin, stdout, stderr);
        } catch (LinuxException | RuntimeException failure) {
            pipes.forEach(Pipe::close);
            throw failure;
        }
    }

    /** Closes our ends and the handle of the process, which has to be reaped before. Idempotent. */
    public void close() {
        stdin.close();
        stdout.close();
        stderr.close();
        process.close();
    }
}
