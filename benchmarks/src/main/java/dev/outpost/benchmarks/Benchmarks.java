package dev.outpost.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The benchmark run: every row is measured for every server in each round, one after the other, so that all see the same
 * machine. Prints a Markdown table with medians, spread and the ratio to the best peer.
 */
public final class Benchmarks {
    private Benchmarks() {}

    /** See {@code --help}. */
    public static void main(String[] args) throws IOException {
        String ours = "";
        String peer131 = "";
        String peer169 = "";
        String only = "";
        int rounds = 3;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--ours" -> ours = args[++i];
                case "--peer-131" -> peer131 = args[++i];
                case "--peer-169" -> peer169 = args[++i];
                case "--only" -> only = args[++i].toLowerCase(Locale.ROOT);
                case "--rounds" -> rounds = Integer.parseInt(args[++i]);
                default -> {
                    System.err.println("usage: benchmarks --ours PATH-OF-outpost [--peer-131 PATH-OF-codex]"
                            + " [--peer-169 PATH-OF-codex] [--only TEXT] [--rounds N]");
                    System.exit(args[i].equals("--help") ? 0 : 2);
                }
            }
        }
        List<Variant> variants = new ArrayList<>();
        if (!ours.isEmpty()) {
            variants.add(variant("outpost", true, ours, true));
        }
        if (!peer131.isEmpty()) {
            variants.add(variant("codex 0.131", false, peer131, false));
        }
        if (!peer169.isEmpty()) {
            variants.add(variant("codex 0.169", false, peer169, true));
            variants.add(variant("codex 0.169 c64", false, peer169, true, "--concurrent-requests", "64"));
        }
        Path scratch = Files.createTempDirectory(Path.of("/var/tmp"), "outpost-benchmarks");
        try {
            run(variants, Scenarios.all(scratch), only, rounds);
        } finally {
            try (var files = Files.list(scratch)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(scratch);
        }
    }

    private static Variant variant(String name, boolean ours, String program, boolean uris, String... more) {
        List<String> webSocket = new ArrayList<>(List.of(program, "exec-server", "--listen", "ws://127.0.0.1:0"));
        List<String> stdio = new ArrayList<>(List.of(program, "exec-server", "--listen", "stdio"));
        webSocket.addAll(List.of(more));
        stdio.addAll(List.of(more));
        return new Variant(name, ours, webSocket, stdio, uris);
    }

    private static void run(List<Variant> variants, List<Scenario> scenarios, String only, int rounds) {
        StringBuilder head = new StringBuilder("| figure | unit |");
        StringBuilder rule = new StringBuilder("|---|---|");
        for (Variant variant : variants) {
            head.append(' ').append(variant.name()).append(" |");
            rule.append("---|");
        }
        System.out.println(head.append(" outpost : best peer |\n").append(rule).append("---|"));
        for (Scenario scenario : scenarios) {
            if (!scenario.name().toLowerCase(Locale.ROOT).contains(only)) {
                continue;
            }
            Map<Variant, double[]> figures = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Variant variant : variants) {
                    figures.computeIfAbsent(variant, v -> new double[rounds])[round] = measure(variant, scenario);
                }
            }
            print(scenario, figures);
        }
    }

    private static double measure(Variant variant, Scenario scenario) {
        try (Server server = scenario.stdio() ? Server.stdio(variant) : Server.webSocket(variant);
                Session session = server.connect()) {
            return scenario.body().measure(server, session);
        } catch (IOException e) {
            System.err.println(scenario.name() + ", " + variant.name() + ": " + e.getMessage());
            return Double.NaN;
        }
    }

    private static void print(Scenario scenario, Map<Variant, double[]> figures) {
        StringBuilder row = new StringBuilder("| " + scenario.name() + " | " + scenario.unit() + " |");
        double ours = Double.NaN;
        double best = Double.NaN;
        for (Map.Entry<Variant, double[]> entry : figures.entrySet()) {
            double[] values = entry.getValue();
            double median = Scenarios.median(values);
            double low = Arrays.stream(values).min().orElse(Double.NaN);
            double high = Arrays.stream(values).max().orElse(Double.NaN);
            row.append(String.format(Locale.ROOT, " %s (%s–%s) |", format(median), format(low), format(high)));
            if (entry.getKey().ours()) {
                ours = median;
            } else if (Double.isNaN(best) || (scenario.lowerIsBetter() ? median < best : median > best)) {
                best = median;
            }
        }
        System.out.println(row.append(String.format(Locale.ROOT, " %.2f |", ours / best)));
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value);
    }
}
