package dev.outpost.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;

/** The folder of a run, with files of pseudo-random bytes that are made when first asked for. */
final class Scratch implements AutoCloseable {
    /** A multiple of 4, so that blocks have the same bytes as a whole. */
    private static final int BLOCK = 1 << 20;

    private final Path folder;

    Scratch() throws IOException {
        folder = Files.createTempDirectory(Path.of("/var/tmp"), "outpost-benchmarks");
    }

    /** The bytes of {@link #file}. */
    static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    /** A file of this size. */
    Path file(int size) throws IOException {
        Path file = folder.resolve("data-" + size);
        if (!Files.exists(file)) {
            Random random = new Random(size);
            byte[] block = new byte[Math.min(size, BLOCK)];
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int left = size; left > 0; left -= block.length) {
                    random.nextBytes(block);
                    out.write(block, 0, Math.min(left, block.length));
                }
            }
        }
        return file;
    }

    /** A path for a server to write to. */
    Path target(String name) {
        return folder.resolve(name);
    }

    /** A folder with links to all programs of this machine but one. */
    Path programsWithout(String name) throws IOException {
        Path links = folder.resolve("without-" + name);
        if (!Files.exists(links)) {
            Files.createDirectory(links);
            try (var programs = Files.list(Path.of("/usr/bin"))) {
                for (Path program : programs.toList()) {
                    if (!program.endsWith(name)) {
                        Files.createSymbolicLink(links.resolve(program.getFileName()), program);
                    }
                }
            }
        }
        return links;
    }

    /** Removes the folder; idempotent. */
    @Override
    public void close() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
