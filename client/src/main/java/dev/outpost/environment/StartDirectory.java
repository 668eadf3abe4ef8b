package dev.outpost.environment;

import dev.outpost.executor.HostPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What becomes of the directory that a user starts in (spec E75). Ask {@link EnvironmentManager#startDirectory}. */
public enum StartDirectory {
    /** It is on another machine: taken as it is given, and no project configuration is read from it here. */
    REMOTE {
        @Override
        public HostPath resolve(@Nullable HostPath given, HostPath processDirectory) {
            return given == null ? processDirectory : given;
        }
    },
    /** It is on this machine: it has to exist, and is made absolute with its links kept. */
    LOCAL {
        @Override
        public HostPath resolve(@Nullable HostPath given, HostPath processDirectory) throws IOException {
            if (given == null) {
                return processDirectory;
            }
            Path path = Path.of(processDirectory.toString()).resolve(given.toString());
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString(), null, "No such file or directory (os error 2)");
            }
            return HostPath.of(path.normalize().toString());
        }
    };

    /**
     * The directory to start in.
     *
     * @param given what the user gave; null for nothing
     * @param processDirectory this process's own, absolute
     * @throws NoSuchFileException if it has to exist here and doesn't
     */
    public abstract HostPath resolve(@Nullable HostPath given, HostPath processDirectory) throws IOException;

    /** Whether project configuration may be read from it on this machine. */
    public boolean readsProjectConfiguration() {
        return this == LOCAL;
    }
}
