package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessStream;
import java.util.List;

/** The names of output streams on the wire (spec W90, W117). */
final class Streams {
    static final Decoder<ProcessStream> DECODER = Decoders.oneOf(
            List.of("stdout", "stderr", "pty"), List.of(ProcessStream.STDOUT, ProcessStream.STDERR, ProcessStream.PTY));

    private Streams() {}

    static String name(ProcessStream stream) {
        return switch (stream) {
            case STDOUT -> "stdout";
            case STDERR -> "stderr";
            case PTY -> "pty";
        };
    }
}
