package dev.outpost.local.env;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outpost.executor.HostPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The user that the executor runs as, by {@code /etc/passwd}; users of a directory service that are not there get the
 * fallbacks.
 *
 * @param home home directory, {@code /} if unknown
 * @param shell login shell, {@code /bin/sh} if unknown or not executable
 */
public record UserAccount(HostPath home, HostPath shell) {
    private static final int UID = 2;
    private static final int HOME = 5;
    private static final int SHELL = 6;
    private static final int FIELDS = 7;

    /** The account of this process's real user. Reads two small files. */
    public static UserAccount current() {
        try {
            String uid = Files.readAllLines(Path.of("/proc/self/status"), ISO_8859_1).stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .findFirst()
                    .map(line -> line.split("\\s+", -1)[1])
                    .orElse("");
            return find(uid, Files.readAllLines(Path.of("/etc/passwd"), ISO_8859_1));
        } catch (IOException unknown) {
            return find("", List.of());
        }
    }

    static UserAccount find(String uid, List<String> passwd) {
        for (String line : passwd) {
            String[] fields = line.split(":", -1);
            if (fields.length == FIELDS && fields[UID].equals(uid)) {
                boolean usable = !fields[SHELL].isEmpty() && Files.isExecutable(Path.of(fields[SHELL]));
                return new UserAccount(path(fields[HOME]), path(usable ? fields[SHELL] : "/bin/sh"));
            }
        }
        return new UserAccount(path("/"), path("/bin/sh"));
    }

    private static HostPath path(String field) {
        return HostPath.ofBytes(field.getBytes(ISO_8859_1));
    }
}
