package dev.outpost.local.process;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.spawn.SpawnRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to spawn, before streams are involved: a command as it is, or what confines it with the command inside.
 *
 * @param programs files to try in order, not empty
 * @param argv from {@code argv[0]} on
 * @param environment entries {@code NAME=value}
 * @param cwd where it starts
 * @param controlling whether a terminal is its controlling one from the beginning
 * @param files what it reads from descriptors 3, 4 and so on; closed with this
 * @param restrictions what the thread that starts it gives up before; null for nothing
 * @param confinement what confines it once it runs
 */
record Command(
        List<byte[]> programs,
        List<byte[]> argv,
        List<byte[]> environment,
        HostPath cwd,
        boolean controlling,
        InheritedFiles files,
        @Nullable Restrictions restrictions,
        Confinement confinement)
        implements AutoCloseable {
    /** As it is. */
    static Command plain(List<byte[]> programs, List<byte[]> argv, List<byte[]> environment, HostPath cwd) {
        return new Command(programs, argv, environment, cwd, true, new InheritedFiles(), null, Confinement.NONE);
    }

    /**
     * Starts it.
     *
     * @param terminal the terminal that becomes its streams; null for the three descriptors
     * @param births starts it if it is to be born restricted
     */
    int spawn(int stdin, int stdout, int stderr, byte @Nullable [] terminal, RestrictedBirths births)
            throws LinuxException {
        List<Integer> more = files.numbers();
        Function<byte[], SpawnRequest> request = program -> new SpawnRequest(
                program, argv, environment, cwd.toBytes(), stdin, stdout, stderr, terminal, controlling, more);
        return restrictions == null
                ? Launcher.spawnFirst(programs, request)
                : births.spawn(restrictions, () -> Launcher.spawnFirst(programs, request), terminal);
    }

    /** Closes what was only for the start. Idempotent. */
    @Override
    public void close() {
        files.close();
    }
}
