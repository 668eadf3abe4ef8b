package dev.outpost.environment.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.environment.EnvironmentException;
import dev.outpost.linux.Errno;
import dev.outpost.local.env.ExecutorEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code environments.toml} is: in {@code OUTPOST_HOME}, else where Codex has it, in {@code CODEX_HOME}, or in {@code
 * ~/.codex} if that is not set. The first file that is there counts, alone.
 *
 * @param path the file
 * @param outposts whether it is in {@code OUTPOST_HOME}, where Codex doesn't read it
 */
record EnvironmentsFile(Path path, boolean outposts) {
    private static final String NAME = "environments.toml";

    /** The C library's words for what opening a file can end with, as Java passes them on. */
    private static final Map<String, Integer> REASONS = Map.of(
            "Not a directory", Errno.ENOTDIR,
            "Is a directory", Errno.EISDIR,
            "Too many levels of symbolic links", Errno.ELOOP,
            "Too many levels of symbolic links or unable to access attributes of symbolic link", Errno.ELOOP,
            "Too many symbolic links encountered", Errno.ELOOP,
            "File name too long", Errno.ENAMETOOLONG,
            "Input/output error", Errno.EIO,
            "Too many open files", Errno.EMFILE);

    /**
     * Looks for it; links are followed, and one that leads nowhere is no file (spec E37).
     *
     * @return null if there is none
     */
    static @Nullable EnvironmentsFile find(ExecutorEnvironment variables) throws EnvironmentException {
        Path outpost = home(variables, "OUTPOST_HOME");
        if (outpost != null && exists(outpost.resolve(NAME))) {
            return new EnvironmentsFile(outpost.resolve(NAME), true);
        }
        Path codex = codexHome(variables);
        return codex != null && exists(codex.resolve(NAME)) ? new EnvironmentsFile(codex.resolve(NAME), false) : null;
    }

    /**
     * The one that is there, else the one that would be looked for first.
     *
     * @throws EnvironmentException if it can't be told where it would be
     */
    static EnvironmentsFile findOrDefault(ExecutorEnvironment variables) throws EnvironmentException {
        EnvironmentsFile found = find(variables);
        if (found != null) {
            return found;
        }
        Path outpost = home(variables, "OUTPOST_HOME");
        Path home = outpost == null ? codexHome(variables) : outpost;
        if (home == null) {
            throw EnvironmentException.protocol(
                    "there is no place for environments.toml: set OUTPOST_HOME, CODEX_HOME or HOME");
        }
        return new EnvironmentsFile(home.resolve(NAME), outpost != null);
    }

    private static @Nullable Path codexHome(ExecutorEnvironment variables) {
        Path codex = home(variables, "CODEX_HOME");
        Path user = codex == null ? home(variables, "HOME") : null;
        return user == null ? codex : user.resolve(".codex");
    }

    private static @Nullable Path home(ExecutorEnvironment variables, String name) {
        String value = variables.text(name);
        return value == null || value.isEmpty() ? null : Path.of(value).toAbsolutePath();
    }

    private static boolean exists(Path file) throws EnvironmentException {
        try {
            Files.readAttributes(file, BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException absent) {
            if (belowAFile(file)) {
                throw notInspected(file, Errno.describe(Errno.ENOTDIR), absent);
            }
            return false;
        } catch (IOException failure) {
            throw notInspected(file, describe(failure), failure);
        }
    }

    /** Java doesn't tell a missing file from one below something that is no directory. */
    private static boolean belowAFile(Path file) {
        Path ancestor = file.getParent();
        while (ancestor != null && !Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        return ancestor != null && !Files.isDirectory(ancestor);
    }

    private static EnvironmentException notInspected(Path file, String why, IOException cause) {
        return EnvironmentException.protocol("failed to inspect environment config `" + file + "`: " + why, cause);
    }

    /** The whole text (spec E39). */
    String read() throws EnvironmentException {
        try {
            byte[] bytes = Files.readAllBytes(path);
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            throw unreadable("stream did not contain valid UTF-8", notText);
        } catch (IOException failure) {
            throw unreadable(describe(failure), failure);
        }
    }

    private EnvironmentException unreadable(String why, IOException cause) {
        return EnvironmentException.protocol("failed to read environment config `" + path + "`: " + why, cause);
    }

    /** What the system said. */
    static String describe(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return Errno.describe(Errno.EACCES);
        }
        if (failure instanceof NoSuchFileException) {
            return Errno.describe(Errno.ENOENT);
        }
        String reason = failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
        Integer known = reason == null ? null : REASONS.get(reason);
        return known == null ? String.valueOf(reason) : Errno.describe(known);
    }
}
