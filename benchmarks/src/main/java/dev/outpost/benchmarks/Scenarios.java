package dev.outpost.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** All rows, in the order of the table. */
final class Scenarios {
    private Scenarios() {}

    static List<Scenario> all(Scratch scratch) {
        return Stream.of(
                        ProcessRows.all(),
                        RequestRows.all(),
                        FileRows.all(scratch),
                        SandboxRows.all(scratch),
                        OutputRows.all(scratch),
                        CommandRows.all(scratch),
                        ColdStartRows.all(),
                        FootprintRows.all())
                .flatMap(List::stream)
                .toList();
    }
}
