package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessStream;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Whether the sandbox probably was why a sandboxed process failed (spec N51): nobody tells, so it is read off the exit
 * code and the output, as the reference does. What bubblewrap itself complains of is about the sandbox, too.
 */
final class SandboxDenial {
    /** How much of the output is looked at: what the reference keeps. */
    static final int LOOKS_AT = 1024 * 1024;

    /** 128 + SIGSYS: the filter of system calls ended it. */
    private static final int KILLED_BY_FILTER = 159;

    private static final int SIGSYS = 31;

    private static final List<byte[]> WORDS = List.of(
            bytes("operation not permitted"),
            bytes("permission denied"),
            bytes("read-only file system"),
            bytes("seccomp"),
            bytes("sandbox"),
            bytes("landlock"),
            bytes("failed to write file"),
            bytes("bwrap: "));

    private SandboxDenial() {}

    /** Looks at the end of a sandboxed process and at its newest output. */
    static boolean isLikely(ExitStatus status, List<ProcessEvent.Output> output) {
        return switch (status) {
            case ExitStatus.Signal(int number) -> number == SIGSYS || speaksOfIt(output);
            case ExitStatus.Code(int code) -> code == KILLED_BY_FILTER || (code != 0 && speaksOfIt(output));
        };
    }

    private static boolean speaksOfIt(List<ProcessEvent.Output> output) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        for (ProcessEvent.Output chunk : output) {
            all.writeBytes(chunk.bytes());
            (chunk.stream() == ProcessStream.STDERR ? errors : rest).writeBytes(chunk.bytes());
        }
        boolean one = errors.size() == 0 || rest.size() == 0;
        return hasWord(all.toByteArray()) || (!one && (hasWord(errors.toByteArray()) || hasWord(rest.toByteArray())));
    }

    private static boolean hasWord(byte[] text) {
        for (int at = 0; at < text.length; at++) {
            switch (lower(text[at])) {
                case 'o', 'p', 'r', 's', 'l', 'f', 'b' -> {
                    for (byte[] word : WORDS) {
                        if (isAt(word, text, at)) {
                            return true;
                        }
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    private static boolean isAt(byte[] word, byte[] text, int at) {
        if (text.length - at < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (lower(text[at + i]) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }

    private static byte[] bytes(String word) {
        return word.getBytes(US_ASCII);
    }
}
