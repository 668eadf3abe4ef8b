package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Hostile clients and hostile surroundings, one after the other, each with a fresh server and an honest client beside. */
final class Hostile {
    private final Options options;
    private final Path scratch;
    private final Report report;

    Hostile(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
    }

    private record Scenario(String name, Body body) {}

    @FunctionalInterface
    private interface Body {
        void run() throws IOException, InterruptedException;
    }

    void run() {
        HostileClients clients = new HostileClients(options, scratch, report);
        NeverReading reading = new NeverReading(options, scratch, report);
        HostileMachine machine = new HostileMachine(options, scratch, report);
        List<Scenario> scenarios = List.of(
                new Scenario("messages of 300 MiB", clients::largeMessages),
                new Scenario("2000 connections", clients::manyConnections),
                new Scenario("never reads but answers pings", reading::alive),
                new Scenario("never reads and shows no life", reading::dead),
                new Scenario("asks and never reads", reading::asking),
                new Scenario("full disk", machine::fullDisk),
                new Scenario("64 descriptors", machine::fewDescriptors));
        for (Scenario scenario : scenarios) {
            if (scenario.name().contains(options.only())) {
                report.say("%s", scenario.name());
                try {
                    scenario.body().run();
                } catch (IOException | InterruptedException | RuntimeException e) {
                    report.failed(scenario.name(), e);
                }
            }
        }
    }
}
