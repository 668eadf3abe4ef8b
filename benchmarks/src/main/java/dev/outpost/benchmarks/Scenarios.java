package dev.outpost.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** All rows, in the order of the table. */
final class Scenarios {
    private Scenarios() {}

    static List<Scenario> all(Scratch scratch) {
        Stream<Scenario> ownClient = Stream.of(
                        ProcessRows.all(),
                        RequestRows.all(),
                        FileRows.all(scratch),
                        SandboxRows.all(scratch),
                        OutputRows.all(scratch))
                .flatMap(List::stream)
                .map(Scenario::afterWarmUp);
        Stream<Scenario> others = Stream.of(CommandRows.all(scratch), ColdStartRows.all(), FootprintRows.all())
                .flatMap(List::stream);
        return Stream.concat(ownClient, others).toList();
    }
}
