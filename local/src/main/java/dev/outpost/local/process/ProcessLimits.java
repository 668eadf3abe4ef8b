package dev.outpost.local.process;

import dev.outpost.local.output.OutputLimits;
import java.time.Duration;

/**
 * Bounds of a {@link ProcessSupervisor}; numbers are at least 1.
 *
 * @param output of each process
 * @param outputBytesTotal retained output of all processes together (spec N14i)
 * @param stdin of each process
 * @param processesPerBackend processes of one backend that are not closed; a start above it is refused
 * @param processesTotal the same for all backends together
 * @param closedPerBackend closed processes that one backend keeps for reading; above it the oldest goes early
 * @param retention how long a closed process is kept for reading, in whole milliseconds (spec P6)
 * @param terminalGrace how long output of a terminal is awaited after its process exited, if a descendant keeps the
 *     terminal open, in whole milliseconds (spec P69)
 * @param spawnThreads starts that are worked on at the same time; of these one spawns at a time
 * @param waitingStarts starts that wait for a spawn thread; more are refused
 */
public record ProcessLimits(
        OutputLimits output,
        long outputBytesTotal,
        StdinLimits stdin,
        int processesPerBackend,
        int processesTotal,
        int closedPerBackend,
        Duration retention,
        Duration terminalGrace,
        int spawnThreads,
        int waitingStarts) {
    private static final long MEBI = 1024 * 1024;

    /** Checks the ranges. */
    public ProcessLimits {
        if (outputBytesTotal < 1
                || processesPerBackend < 1
                || processesTotal < 1
                || closedPerBackend < 1
                || spawnThreads < 1
                || waitingStarts < 1
                || retention.isNegative()
                || terminalGrace.isNegative()) {
            throw new IllegalArgumentException("limits must be at least 1, and times not negative");
        }
    }

    /** What a server should use unless it is told otherwise. */
    public static ProcessLimits defaults() {
        return new ProcessLimits(
                new OutputLimits(16 * MEBI, 64, 64),
                512 * MEBI,
                new StdinLimits(128, MEBI, 128, 64 * MEBI),
                1024,
                4096,
                16384,
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                3,
                1024);
    }

    /** The same with other bounds of each process's output. */
    public ProcessLimits withOutput(OutputLimits other) {
        return new ProcessLimits(
                other,
                outputBytesTotal,
                stdin,
                processesPerBackend,
                processesTotal,
                closedPerBackend,
                retention,
                terminalGrace,
                spawnThreads,
                waitingStarts);
    }

    /** The same with another bound of all output together. */
    public ProcessLimits withOutputBytesTotal(long other) {
        return new ProcessLimits(
                output,
                other,
                stdin,
                processesPerBackend,
                processesTotal,
                closedPerBackend,
                retention,
                terminalGrace,
                spawnThreads,
                waitingStarts);
    }

    /** The same with other numbers of processes. */
    public ProcessLimits withProcesses(int perBackend, int total, int closed) {
        return new ProcessLimits(
                output,
                outputBytesTotal,
                stdin,
                perBackend,
                total,
                closed,
                retention,
                terminalGrace,
                spawnThreads,
                waitingStarts);
    }

    /** The same with another time that closed processes are kept. */
    public ProcessLimits withRetention(Duration other) {
        return new ProcessLimits(
                output,
                outputBytesTotal,
                stdin,
                processesPerBackend,
                processesTotal,
                closedPerBackend,
                other,
                terminalGrace,
                spawnThreads,
                waitingStarts);
    }
}
