package dev.outpost.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.config.EnvironmentSources;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.AwaitedEvents;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Asks every environment of {@code environments.toml}, this machine among them, for its name. The code doesn't know
 * which is where.
 */
final class LocalOrRemote {
    private LocalOrRemote() {}

    public static void main(String[] args) throws Exception {
        try (EnvironmentManager environments = EnvironmentSources.open()) {
            for (String id : environments.environmentIds()) {
                Environment environment = environments.environment(id);
                if (environment == null) {
                    continue;
                }
                try {
                    System.out.println(id + ": " + run(environment, List.of("uname", "-n")));
                } catch (ExecutionException failure) {
                    // It names the environment and the reason. Nothing was run here instead.
                    if (failure.getCause() instanceof ExecutorException reason) {
                        System.out.println(id + " failed: " + reason.getMessage());
                    }
                }
            }
        }
    }

    /** What a command prints to stdout and stderr. */
    private static String run(Environment environment, List<String> argv)
            throws ExecutionException, InterruptedException {
        ExecProcess process = environment
                .execBackend()
                .start(StartProcess.builder(new ProcessId("uname"), HostPath.of("/"), argv)
                        .build())
                .get();
        var printed = new ByteArrayOutputStream();
        try (AwaitedEvents events = AwaitedEvents.of(process, 0)) {
            for (ProcessEvent event = events.next(); event != null; event = events.next()) {
                if (event instanceof ProcessEvent.Output output) {
                    printed.writeBytes(output.bytes());
                }
            }
        }
        return printed.toString(UTF_8).strip();
    }
}
