package dev.outpost.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param ours the program of Outpost
 * @param peers where npm puts the peers' programs; null for {@link Peers#DEFAULT}
 * @param peer131 program of Codex 0.131; null to look below {@code peers}
 * @param peer169 program of Codex 0.169; null to look below {@code peers}
 * @param only rows whose name contains one of these; all if empty; lower case
 * @param rounds at least 1
 */
record Options(
        boolean help,
        boolean list,
        boolean download,
        Path ours,
        @Nullable Path peers,
        @Nullable Path peer131,
        @Nullable Path peer169,
        List<String> only,
        int rounds) {
    static final String HELP = """
            Measures exec-servers from outside and prints one Markdown table: Outpost, and Codex's own servers where their
            programs are found. Start it in the root of the repository.

            usage: java -cp benchmarks/target/classes dev.outpost.benchmarks.Benchmarks [OPTION]...

              --rounds N       rounds, 3 by default. Every round measures each server in turn, row by row, so that all see
                               the same machine; a cell has the median of the rounds and (lowest–highest)
              --only TEXT      only rows whose name contains TEXT; may be repeated
              --list           print the names of the rows and end
              --ours PATH      Outpost's program, ./outpost by default. Build it first: ./outpost --version
              --peers DIR      where the peers are, interop/target/peers by default (the interop tests put them there)
              --download       get missing peers with npm into that folder first (600 MB on disk)
              --peer-131 PATH  a program of Codex 0.131, instead of looking for one
              --peer-169 PATH  a program of Codex 0.169, likewise; measured twice, as it is and with
                               --concurrent-requests 64 (column "c64")

            Columns: "outpost : best peer" is the ratio of the medians; the best peer is another one in every row. "bar"
            is what the row has to reach, as a figure or (with ×) as a multiple of the best peer's, and whether it does.
            Bars are made for two cores like those in docs/performance.md; on another machine only the ratios count.

            What a server sends is checked: output is counted and summed for each process, files are compared. A row that
            gets a wrong byte, an error or no end within three minutes has "failed" in its cell, and stderr says why.

            exit code: 0, 1 if a row of Outpost failed (a missed bar is no failure), 2 wrong usage

            examples:
              ... Benchmarks --only "getMetadata" --rounds 1      is that row any better now?
              ... Benchmarks --download                           the whole table with peers, about 20 minutes
            """;

    /** Bad arguments; the message says which. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    static Options parse(String[] args) throws UsageException {
        boolean help = false;
        boolean list = false;
        boolean download = false;
        Path ours = Path.of("outpost");
        Path peers = null;
        Path peer131 = null;
        Path peer169 = null;
        List<String> only = new ArrayList<>();
        int rounds = 3;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--help", "-h" -> help = true;
                case "--list" -> list = true;
                case "--download" -> download = true;
                case "--ours" -> ours = Path.of(value(args, ++i));
                case "--peers" -> peers = Path.of(value(args, ++i));
                case "--peer-131" -> peer131 = Path.of(value(args, ++i));
                case "--peer-169" -> peer169 = Path.of(value(args, ++i));
                case "--only" -> only.add(value(args, ++i).toLowerCase(Locale.ROOT));
                case "--rounds" -> rounds = rounds(value(args, ++i));
                default -> throw new UsageException("unknown option " + args[i] + "; --help lists them");
            }
        }
        return new Options(help, list, download, ours, peers, peer131, peer169, List.copyOf(only), rounds);
    }

    /** Whether a row is wanted. */
    boolean selects(Scenario scenario) {
        String name = scenario.name().toLowerCase(Locale.ROOT);
        return only.isEmpty() || only.stream().anyMatch(name::contains);
    }

    private static String value(String[] args, int index) throws UsageException {
        if (index == args.length) {
            throw new UsageException(args[index - 1] + " needs a value; --help explains it");
        }
        return args[index];
    }

    private static int rounds(String value) throws UsageException {
        try {
            int rounds = Integer.parseInt(value);
            if (rounds >= 1) {
                return rounds;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new UsageException("--rounds " + value + " is not a number from 1 on");
    }
}
