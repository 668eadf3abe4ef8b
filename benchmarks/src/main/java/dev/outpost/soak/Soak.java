package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;

/** The soak driver: see {@code --help}. */
public final class Soak {
    private Soak() {}

    /** Exit code 0 if all is well, 1 if not, 2 for wrong usage. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.println(Options.HELP);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println("Error: " + wrong.getMessage() + "; see --help");
            System.exit(2);
            return;
        }
        Report report = new Report(System.out);
        Path scratch = Files.createTempDirectory(Path.of("/var/tmp"), "outpost-soak");
        try {
            run(options, scratch, report);
        } catch (IOException | RuntimeException e) {
            report.failed("soak", e);
        } finally {
            delete(scratch);
        }
        report.say(report.failures() == 0 ? "all is well" : report.failures() + " failures, seed " + options.seed());
        System.exit(report.failures() == 0 ? 0 : 1);
    }

    private static void run(Options options, Path scratch, Report report) throws IOException, InterruptedException {
        if (options.processes() > 0) {
            new ManyProcesses(options, scratch, report).run();
        } else if (options.killRounds() > 0) {
            new KilledServer(options, scratch, report).run();
        } else if (options.hostile()) {
            new Hostile(options, scratch, report).run();
        } else {
            new Mix(options, scratch, report).run();
        }
    }

    private static void delete(Path scratch) throws IOException {
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
