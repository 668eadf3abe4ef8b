package dev.outpost.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories below {@code target}: clients don't keep their helper programs below {@code /tmp}. */
final class Scratch implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension) throws IOException {
        Path parent = Path.of("target", "scratch").toAbsolutePath();
        return Files.createTempDirectory(Files.createDirectories(parent), "scene")
                .toRealPath();
    }
}
