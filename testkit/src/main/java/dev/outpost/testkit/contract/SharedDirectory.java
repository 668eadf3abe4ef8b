package dev.outpost.testkit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Makes temporary directories that others may use as far as the umask lets them: the executor under test may be another
 * user's. Those that JUnit makes by itself are for one user only.
 */
final class SharedDirectory implements TempDirFactory {
    private static final long START =
            System.nanoTime() ^ ProcessHandle.current().pid() << Integer.SIZE;
    private static final AtomicLong COUNT = new AtomicLong();

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension) throws IOException {
        String name = "outpost-" + Long.toHexString(START) + "-" + COUNT.incrementAndGet();
        return Files.createDirectory(
                Path.of(System.getProperty("java.io.tmpdir")).resolve(name));
    }
}
