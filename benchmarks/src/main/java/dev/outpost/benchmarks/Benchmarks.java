package dev.outpost.benchmarks;

import dev.outpost.benchmarks.Options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The benchmark run: every row is measured for every server in each round, one after the other, so that all see the same
 * machine. Prints a Markdown table with medians, spread, the ratio to the best peer and whether bars are met.
 */
public final class Benchmarks {
    private static final String OLDER = "0.131.0";
    private static final String NEWER = "0.169.0";

    private Benchmarks() {}

    /** See {@code --help}. */
    public static void main(String[] args) throws IOException {
        System.exit(run(args));
    }

    private static int run(String[] args) throws IOException {
        try (Scratch scratch = new Scratch()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(scratch), "clean-up"));
            Options options = Options.parse(args);
            List<Scenario> rows = Scenarios.all(scratch);
            if (options.help()) {
                System.out.print(Options.HELP);
                return 0;
            }
            if (options.list()) {
                rows.forEach(row -> System.out.println(row.name()));
                return 0;
            }
            List<Scenario> selected = rows.stream().filter(options::selects).toList();
            if (selected.isEmpty()) {
                throw new UsageException("no row is named like " + options.only() + "; --list prints the names");
            }
            return measure(variants(options), selected, options.rounds()) ? 0 : 1;
        } catch (UsageException e) {
            System.err.println("benchmarks: " + e.getMessage());
            return 2;
        }
    }

    /** After Ctrl-C the servers of the row that was measured still run. */
    private static void cleanUp(Scratch scratch) {
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        try {
            scratch.close();
        } catch (IOException e) {
            System.err.println("could not be removed: " + e.getMessage());
        }
    }

    private static List<Variant> variants(Options options) throws IOException, UsageException {
        List<Variant> variants = new ArrayList<>();
        variants.add(variant("outpost", true, checked(options.ours(), "build it, or name it with --ours"), true));
        Path folder = Optional.ofNullable(options.peers()).orElse(Peers.DEFAULT);
        if (options.download()) {
            Peers.download(folder, List.of(OLDER, NEWER));
        }
        Optional<Path> older = peer(options.peer131(), folder, OLDER);
        Optional<Path> newer = peer(options.peer169(), folder, NEWER);
        if (older.isEmpty() && newer.isEmpty()) {
            String where = "no program of Codex for this machine below " + folder + "; --download gets it";
            if (options.peers() != null) {
                throw new UsageException(where);
            }
            System.err.println("Outpost alone is measured: " + where);
        }
        older.ifPresent(program -> variants.add(variant("codex 0.131", false, program, false)));
        newer.ifPresent(program -> {
            variants.add(variant("codex 0.169", false, program, true));
            variants.add(variant("codex 0.169 c64", false, program, true, "--concurrent-requests", "64"));
        });
        return variants;
    }

    private static Optional<Path> peer(@Nullable Path given, Path folder, String version)
            throws IOException, UsageException {
        return given == null
                ? Peers.find(folder, version)
                : Optional.of(checked(given, "leave the option out to look below --peers"));
    }

    private static Path checked(Path program, String remedy) throws UsageException {
        if (!Files.isExecutable(program)) {
            throw new UsageException("there is no program " + program + "; " + remedy);
        }
        return program.toAbsolutePath();
    }

    private static Variant variant(String name, boolean ours, Path program, boolean uris, String... more) {
        List<String> webSocket =
                new ArrayList<>(List.of(program.toString(), "exec-server", "--listen", "ws://127.0.0.1:0"));
        List<String> stdio = new ArrayList<>(List.of(program.toString(), "exec-server", "--listen", "stdio"));
        webSocket.addAll(List.of(more));
        stdio.addAll(List.of(more));
        return new Variant(name, ours, webSocket, stdio, uris);
    }

    /** Measures and prints; returns whether no row of Outpost failed. */
    private static boolean measure(List<Variant> variants, List<Scenario> rows, int rounds) throws IOException {
        System.out.println(machine(rounds));
        System.out.println();
        Table table = new Table(System.out, variants);
        table.head();
        boolean good = true;
        for (Scenario row : rows) {
            Map<Variant, double[]> figures = new HashMap<>();
            variants.stream().filter(row::isFor).forEach(variant -> figures.put(variant, new double[rounds]));
            if (row.warmedUp()) {
                double[] ignored = new double[1];
                measure(row, variants.getFirst(), ignored, 0);
            }
            for (int round = 0; round < rounds; round++) {
                for (Variant variant : variants) {
                    double[] values = figures.get(variant);
                    if (values != null && !measure(row, variant, values, round)) {
                        figures.remove(variant);
                        good &= !variant.ours();
                    }
                }
            }
            table.row(row, figures);
        }
        table.foot();
        return good;
    }

    private static boolean measure(Scenario row, Variant variant, double[] values, int round) {
        try {
            values[round] = row.body().measure(variant);
            return true;
        } catch (IOException | RuntimeException e) {
            System.err.println(row.name() + ", " + variant.name() + ", round " + (round + 1) + ": "
                    + (e.getMessage() == null ? e : e.getMessage()));
            return false;
        }
    }

    /** When and where: figures are worth nothing without. */
    private static String machine(int rounds) throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
        return String.format(
                Locale.ROOT,
                "%s; %d × %s; Linux %s; Java %s; rounds: %d; load average before: %s",
                LocalDate.now(ZoneId.systemDefault()),
                Runtime.getRuntime().availableProcessors(),
                model,
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                rounds,
                load);
    }
}
