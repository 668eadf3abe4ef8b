package dev.outpost.benchmarks;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the programs of Codex in a folder where npm installed them, which the interop tests share. */
final class Peers {
    /** Where the interop tests put them, from the root of the repository. */
    static final Path DEFAULT = Path.of("interop", "target", "peers");

    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    private static final String PLATFORM = ARM ? "codex-linux-arm64" : "codex-linux-x64";
    private static final String TRIPLE = (ARM ? "aarch64" : "x86_64") + "-unknown-linux-musl";

    private Peers() {}

    /** The program of a version such as 0.131.0 for this machine, if it is there. */
    static Optional<Path> find(Path folder, String version) throws IOException {
        // npm puts the platform's package of one version at the top, that of the other below the package that needs it.
        Path modules = folder.resolve("node_modules");
        List<Path> packages = List.of(
                modules.resolve(alias(version)).resolve("node_modules/@openai").resolve(PLATFORM),
                modules.resolve("@openai").resolve(PLATFORM));
        for (Path candidate : packages) {
            Path description = candidate.resolve("package.json");
            if (Files.exists(description)
                    && Files.readString(description).contains("\"version\": \"" + version + "-")) {
                Path vendor = candidate.resolve("vendor").resolve(TRIPLE);
                for (String program : List.of("codex/codex", "bin/codex")) {
                    if (Files.isExecutable(vendor.resolve(program))) {
                        return Optional.of(vendor.resolve(program));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Lets npm install these versions; its messages go to stderr. */
    static void download(Path folder, List<String> versions) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(List.of(
                "npm",
                "install",
                "--prefix",
                folder.toString(),
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts"));
        for (String version : versions) {
            command.add(alias(version) + "@npm:@openai/codex@" + version);
        }
        Process npm = new ProcessBuilder(command)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            if (npm.waitFor() != 0) {
                throw new IOException("npm install ended with code " + npm.exitValue());
            }
        } catch (InterruptedException e) {
            npm.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while npm ran", e);
        }
    }

    /** 0.131.0 is codex-131. */
    private static String alias(String version) {
        return "codex-" + version.split("\\.", -1)[1];
    }
}
