package dev.outpost.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the peers' programs are: below the directory that the system property {@code outpost.peers} names, else below
 * {@code target/peers}, where npm puts them once.
 */
final class PeerPrograms {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final String PLATFORM = isArm() ? "codex-linux-arm64" : "codex-linux-x64";
    private static final String TRIPLE = isArm() ? "aarch64-unknown-linux-musl" : "x86_64-unknown-linux-musl";

    private PeerPrograms() {}

    private static boolean isArm() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    /** Looked for once: where npm fails it does so slowly. */
    private static final FutureTask<Path> DIRECTORY = new FutureTask<>(PeerPrograms::directory);

    static Path find(Peer peer) {
        try {
            DIRECTORY.run();
            Path directory = DIRECTORY.get();
            return locate(directory, peer)
                    .orElseThrow(
                            () -> new IllegalStateException("there is no program of %s %s for this machine below %s"
                                    .formatted(PLATFORM, peer, directory)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(DIRECTORY.exceptionNow().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking for the peers", e);
        }
    }

    private static Path directory() throws IOException, InterruptedException {
        String given = System.getProperty("outpost.peers", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        Path directory = TARGET.resolve("peers");
        try {
            install(directory);
        } catch (IOException e) {
            throw new IOException(
                    "The profile interop needs npm and a package registry, or -Doutpost.peers=DIRECTORY with the peers "
                            + "in its node_modules: " + e.getMessage(),
                    e);
        }
        return directory;
    }

    /** npm puts the platform's package of one version at the top, that of the other below its dependent. */
    private static Optional<Path> locate(Path directory, Peer peer) throws IOException {
        Path modules = directory.resolve("node_modules");
        List<Path> packages = List.of(
                modules.resolve(peer.packageAlias())
                        .resolve("node_modules/@openai")
                        .resolve(PLATFORM),
                modules.resolve("@openai").resolve(PLATFORM));
        for (Path candidate : packages) {
            Path description = candidate.resolve("package.json");
            if (Files.exists(description)
                    && JsonMapper.shared()
                            .readTree(Files.readString(description))
                            .path("version")
                            .asString("")
                            .startsWith(peer.version() + "-")) {
                Path vendor = candidate.resolve("vendor").resolve(TRIPLE);
                return Stream.of("codex/codex", "bin/codex")
                        .map(vendor::resolve)
                        .filter(Files::isExecutable)
                        .findFirst();
            }
        }
        return Optional.empty();
    }

    private static void install(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try (FileChannel lock =
                FileChannel.open(TARGET.resolve("peers.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock(); // against another run in this checkout; released with the channel
            if (Files.exists(directory.resolve("node_modules/.package-lock.json"))) {
                return; // npm writes this last
            }
            System.out.println("Downloading the real peers into " + directory + " (600 MB on disk, once) ...");
            Files.copy(
                    Path.of("peers", "package.json"),
                    directory.resolve("package.json"),
                    StandardCopyOption.REPLACE_EXISTING);
            // npm must not touch the streams of this JVM: they belong to the build
            Path log = TARGET.resolve("npm.log");
            Process npm = new ProcessBuilder(
                            "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
                    .directory(directory.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (npm.waitFor() != 0) {
                throw new IOException("npm install ended with code " + npm.exitValue() + ": " + Files.readString(log));
            }
        }
    }
}
