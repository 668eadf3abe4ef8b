package dev.outpost.examples;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.RemoteSettings;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.AwaitedEvents;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.time.Duration;
import java.util.List;

/**
 * A job that outlives the connection: {@code LostConnection URL MAKE ARGS}. When the connection is lost, the client
 * connects again, takes its session over and reads what it missed; this program doesn't notice.
 */
final class LostConnection {
    private LostConnection() {}

    public static void main(String[] args) throws Exception {
        // Recovery is on by default, for 45 s. The deadline is for each call, not for the life of a process.
        RemoteSettings settings = RemoteSettings.DEFAULT
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
                .withCallDeadline(Duration.ofSeconds(60));

        try (EnvironmentFactory factory = EnvironmentFactory.ofThisProcess();
                Environment environment = factory.webSocket("build-box", args[0], settings, null)) {
            List<String> argv = List.of(args).subList(1, args.length);
            ExecProcess job = environment
                    .execBackend()
                    .start(StartProcess.builder(new ProcessId("job"), HostPath.of("/"), argv)
                            .build())
                    .get();
            long bytes = 0;
            try (AwaitedEvents events = AwaitedEvents.of(job, 0)) {
                for (ProcessEvent event = events.next(); event != null; event = events.next()) {
                    switch (event) {
                        case ProcessEvent.Output output -> bytes += output.bytes().length;
                        case ProcessEvent.Exited(var _, ExitStatus status, var _) -> System.out.println(status);
                        case ProcessEvent.Closed _ -> System.out.println(bytes + " bytes, all of them");
                        case ProcessEvent.Gap gap -> System.out.println("lost events up to " + gap.seq());
                        // Not connected again in time. The job may still run: the server keeps it for 60 s.
                        case ProcessEvent.Failed failed -> System.out.println("gave up: " + failed.message());
                    }
                }
            }
        }
    }
}
