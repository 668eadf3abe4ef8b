package dev.outpost.examples;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.AwaitedEvents;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.List;

/** Runs a command behind a URL and prints its output while it runs: {@code RunCommand ws://127.0.0.1:7777 make}. */
final class RunCommand {
    private RunCommand() {}

    public static void main(String[] args) throws Exception {
        String url = args[0];
        List<String> argv = List.of(args).subList(1, args.length);

        try (EnvironmentFactory factory = EnvironmentFactory.ofThisProcess();
                Environment environment = factory.ofUrl(url)) {
            // The id is yours to choose; no two processes of a session may have the same at one time.
            StartProcess request = StartProcess.builder(new ProcessId("command-1"), HostPath.of("/"), argv)
                    .build();
            // Connects, because this is the first use.
            ExecProcess process = environment.execBackend().start(request).get();
            try (AwaitedEvents events = AwaitedEvents.of(process, 0)) {
                for (ProcessEvent event = events.next(); event != null; event = events.next()) {
                    print(event);
                }
            }
        }
    }

    private static void print(ProcessEvent event) {
        switch (event) {
            case ProcessEvent.Output output -> System.out.writeBytes(output.bytes());
            case ProcessEvent.Exited(var _, ExitStatus.Code(int code), var _) ->
                System.out.println("exit code " + code);
            case ProcessEvent.Exited(var _, ExitStatus.Signal(int signal), var _) ->
                System.out.println("signal " + signal);
            case ProcessEvent.Closed _ -> System.out.println("all output is here");
            // Output that was evicted before it was taken: an Outpost server never does that to one who reads.
            case ProcessEvent.Gap gap -> System.out.println("events up to " + gap.seq() + " are missing");
            case ProcessEvent.Failed failed -> System.out.println("connection lost: " + failed.message());
        }
    }
}
