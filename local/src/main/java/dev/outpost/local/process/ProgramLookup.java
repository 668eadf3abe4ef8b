package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.linux.Errno;
import dev.outpost.linux.FileAccess;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the program of a child on the child's own PATH, from the child's directory (spec P64), in the two ways of the
 * reference: like musl's execvp for pipes, like its terminal library for terminals, texts included (spec P65). Bytes are
 * handled as Latin-1 strings, one character each.
 */
final class ProgramLookup {
    /** Where musl's execvp looks if there is no PATH. */
    private static final String DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

    private static final int LONGEST_NAME = 255;

    private ProgramLookup() {}

    /**
     * The files to try, in order, as absolute paths or relative to {@code cwd}: the next one is tried if starting one
     * fails with {@code ENOENT}, {@code EACCES} or {@code ENOTDIR}.
     *
     * @param cwd the child's directory
     * @param path its PATH, or null if it has none
     * @return not empty
     * @throws ExecutorException if there is none to try
     */
    static List<byte[]> forPipes(byte[] program, byte[] cwd, byte @Nullable [] path) throws ExecutorException {
        String name = string(program);
        if (name.contains("/")) {
            return List.of(program);
        }
        if (name.length() > LONGEST_NAME) {
            throw failed(Errno.describe(Errno.ENAMETOOLONG));
        }
        List<byte[]> candidates = new ArrayList<>();
        boolean denied = false;
        int last = Errno.ENOENT;
        for (String directory : (path == null ? DEFAULT_PATH : string(path)).split(":", -1)) {
            String candidate = directory.isEmpty() ? name : directory + "/" + name;
            int error = FileAccess.check(bytes(from(cwd, candidate)), FileAccess.EXECUTE);
            switch (error) {
                case 0 -> candidates.add(bytes(candidate.contains("/") ? candidate : "./" + candidate));
                case Errno.EACCES -> denied = true;
                case Errno.ENOENT, Errno.ENOTDIR -> last = error;
                default -> throw failed(Errno.describe(error));
            }
        }
        if (candidates.isEmpty()) {
            throw failed(Errno.describe(denied ? Errno.EACCES : last));
        }
        return candidates;
    }

    /**
     * The file to run.
     *
     * @param cwd the child's directory
     * @param path its PATH, or null if it has none
     * @throws ExecutorException if there is none, with the text of the reference
     */
    static byte[] forTerminal(byte[] program, byte[] cwd, byte @Nullable [] path) throws ExecutorException {
        String name = string(program);
        if (name.startsWith("/")) {
            return checked(name, name);
        }
        if (name.equals(".") || name.equals("..") || name.startsWith("./") || name.startsWith("../")) {
            return checked(from(cwd, name), name);
        }
        if (path == null) {
            throw cannotSpawn(name, " because:\nUnable to resolve the PATH");
        }
        StringBuilder reasons = new StringBuilder();
        for (String directory : string(path).split(":", -1)) {
            String candidate = directory.isEmpty() ? from(cwd, name) : from(cwd, directory + "/" + name);
            if (FileAccess.isDirectory(bytes(candidate))) {
                reasons.append(candidate).append(" exists but is a directory.\n");
            } else if (FileAccess.check(bytes(candidate), FileAccess.EXECUTE) == 0) {
                return bytes(candidate);
            } else if (FileAccess.check(bytes(candidate), FileAccess.EXISTS) == 0) {
                reasons.append(candidate).append(" exists but is not executable.\n");
            }
        }
        String quoted = string(path).replace("\\", "\\\\").replace("\"", "\\\"");
        throw cannotSpawn(name, " because:\n" + reasons + "No viable candidates found in PATH \"" + quoted + "\"");
    }

    private static byte[] checked(String file, String name) throws ExecutorException {
        byte[] path = bytes(file);
        if (FileAccess.isDirectory(path)) {
            throw cannotSpawn(name, " because it is a directory");
        }
        int error = FileAccess.check(path, FileAccess.EXECUTE);
        if (error == 0) {
            return path;
        }
        if (FileAccess.check(path, FileAccess.EXISTS) == 0) {
            throw cannotSpawn(name, " because it is not executable (" + describe(error) + ")");
        }
        throw cannotSpawn(name, " because it doesn't exist on the filesystem (" + describe(error) + ")");
    }

    /** Errors as the terminal library of the reference names them. */
    private static String describe(int error) {
        return switch (error) {
            case Errno.ENOENT -> "ENOENT: No such file or directory";
            case Errno.EACCES -> "EACCES: Permission denied";
            case Errno.ENOTDIR -> "ENOTDIR: Not a directory";
            case Errno.ELOOP -> "ELOOP: Too many symbolic links encountered";
            case Errno.ENAMETOOLONG -> "ENAMETOOLONG: File name too long";
            default -> Errno.describe(error);
        };
    }

    private static String from(byte[] cwd, String file) {
        String base = string(cwd);
        return file.startsWith("/") ? file : base + (base.endsWith("/") ? "" : "/") + file;
    }

    private static ExecutorException cannotSpawn(String name, String why) {
        // The text is made of bytes; for the caller it is UTF-8.
        return failed(new String(bytes("Unable to spawn " + name + why), UTF_8));
    }

    private static ExecutorException failed(String message) {
        return new ExecutorException(FailureKind.FAILED, message);
    }

    private static String string(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static byte[] bytes(String string) {
        return string.getBytes(ISO_8859_1);
    }
}
