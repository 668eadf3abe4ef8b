package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessStream;

/** The names of output streams on the wire (spec W90, W117). */
final class Streams {
    private Streams() {}

    static String name(ProcessStream stream) {
        return switch (stream) {
            case STDOUT -> "stdout";
            case STDERR -> "stderr";
            case PTY -> "pty";
        };
    }
}
