package dev.outpost.cli.command;

import dev.outpost.environment.ServerDescription;
import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.protocol.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether environments can be used, and if not, what to do. */
final class EnvironmentCheck {
    private static final int ROUND_TRIPS = 5;
    private static final HostPath ROOT = HostPath.of("/");

    private EnvironmentCheck() {}

    /** What was found; either what the server is like or an error. */
    private record Finding(
            String id,
            double roundTripMillis,
            @Nullable EnvironmentInfo info,
            @Nullable String dialect,
            @Nullable String error) {}

    /** Checks one after the other, and prints each as soon as it is known, or all of them as JSON. */
    static int run(OpenEnvironments environments, List<String> ids, boolean asJson) throws CommandFailure {
        JsonOutput json = new JsonOutput();
        json.raw("[");
        boolean allUsable = true;
        String separator = "";
        for (String id : ids) {
            Finding finding = check(environments, id);
            allUsable &= finding.error() == null;
            if (asJson) {
                json.raw(separator);
                write(finding, json);
                separator = ",";
            } else {
                Stdout.print(text(finding));
            }
        }
        if (asJson) {
            json.raw("]\n");
            Stdout.print(new String(json.array(), 0, json.size(), StandardCharsets.UTF_8));
        }
        return allUsable ? 0 : CommandFailure.FAILED;
    }

    private static Finding check(OpenEnvironments environments, String id) {
        try {
            Target target = environments.target(id);
            EnvironmentInfo info = target.info();
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < ROUND_TRIPS; i++) {
                long begin = System.nanoTime();
                var _ = target.environment().fileSystem().getMetadata(ROOT, null);
                shortest = Math.min(shortest, System.nanoTime() - begin);
            }
            ServerDescription server = target.description();
            String dialect = server.dialect() == null
                    ? null
                    : switch (server.dialect()) {
                        case PATHS -> "paths";
                        case URIS -> "uris";
                    };
            return new Finding(id, shortest / 1e6, info, dialect, null);
        } catch (CommandFailure | ExecutorException failure) {
            return new Finding(id, 0, null, null, String.valueOf(failure.getMessage()));
        }
    }

    private static String text(Finding finding) {
        if (finding.error() != null) {
            return finding.id() + ": FAILED\n  " + finding.error() + "\n  " + remedy(finding.error()) + "\n";
        }
        EnvironmentInfo info = finding.info();
        return finding.id() + ": ok\n"
                + String.format(Locale.ROOT, "  round trip  %.2f ms%n", finding.roundTripMillis())
                + "  version     " + (info == null ? "not told (Codex 0.131 or older)" : info.executorVersion()) + "\n"
                + "  shell       " + (info == null ? "not told" : info.shellPath()) + "\n"
                + (finding.dialect() == null ? "" : "  dialect     " + finding.dialect() + "\n");
    }

    /** By the words that the failures of a connection have. */
    private static String remedy(String error) {
        String words = error.toLowerCase(Locale.ROOT);
        if (words.contains("no environment")) {
            return "add it: outpost env add";
        }
        if (words.contains("refused")) {
            return "nothing listens there: start the server (outpost serve) or correct the URL";
        }
        if (words.contains("timed out") || words.contains("unreachable")) {
            return "the host doesn't answer in time: check the address, the network, and what filters it";
        }
        if (words.contains("401") || words.contains("403")) {
            return "the server wants to know who you are: check token_file or token_env";
        }
        if (words.contains("no such file")) {
            return "the program or socket is not there: check its path";
        }
        return "check its entry in environments.toml, and that the server runs";
    }

    private static void write(Finding finding, JsonOutput json) {
        EnvironmentInfo info = finding.info();
        String error = finding.error();
        json.raw("{\"id\":").string(finding.id()).raw(",\"ok\":").bool(error == null);
        if (error == null) {
            json.raw(String.format(Locale.ROOT, ",\"roundTripMillis\":%.3f", finding.roundTripMillis()));
        }
        json.raw(",\"version\":")
                .stringOrNull(info == null ? null : info.executorVersion())
                .raw(",\"shell\":")
                .stringOrNull(info == null ? null : info.shellPath().toString())
                .raw(",\"os\":")
                .stringOrNull(info == null ? null : info.platformOs())
                .raw(",\"dialect\":")
                .stringOrNull(finding.dialect())
                .raw(",\"error\":")
                .stringOrNull(error)
                .raw(",\"remedy\":")
                .stringOrNull(error == null ? null : remedy(error))
                .raw("}");
    }
}
