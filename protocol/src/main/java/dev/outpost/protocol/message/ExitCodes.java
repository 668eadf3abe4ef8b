package dev.outpost.protocol.message;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.protocol.path.Dialect;

/** The number that a client sees for how a process ended (spec P52–P54, N44). */
public final class ExitCodes {
    private ExitCodes() {}

    /**
     * The exit code on the wire.
     *
     * @param tty whether the process had a terminal
     * @param dialect that of the request that started the process
     */
    public static int of(ExitStatus status, boolean tty, Dialect dialect) {
        return switch (status) {
            case ExitStatus.Code(int code) -> code;
            case ExitStatus.Signal(int number) ->
                tty
                        ? 1
                        : switch (dialect) {
                            case PATHS -> -1;
                            case URIS -> 128 + number;
                        };
        };
    }
}
