package dev.outpost.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.client.connect.ServerCommand;
import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.RemoteSettings;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.AwaitedEvents;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.List;
import java.util.Map;

/**
 * Starts a server as a child and talks to it over its stdin and stdout, for example through ssh: {@code OwnServer ssh
 * build-box outpost/outpost exec-server --listen stdio}. It ends with the environment. Then has {@code tr} change
 * what it writes to it.
 */
final class OwnServer {
    private OwnServer() {}

    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args).subList(1, args.length);
        ServerCommand server = new ServerCommand(args[0], arguments, Map.of(), null);

        try (EnvironmentFactory factory = EnvironmentFactory.ofThisProcess();
                Environment environment = factory.command("build-box", server, RemoteSettings.DEFAULT, null)) {
            ExecProcess upper = environment
                    .execBackend()
                    .start(StartProcess.builder(new ProcessId("upper"), HostPath.of("/"), List.of("tr", "a-z", "A-Z"))
                            .pipeStdin()
                            .build())
                    .get();
            // Completes when the server has room for it; waiting is what keeps memory small.
            var _ = upper.write("hello from here\n".getBytes(UTF_8), null).get();
            upper.closeStdin().get();
            try (AwaitedEvents events = AwaitedEvents.of(upper, 0)) {
                for (ProcessEvent event = events.next(); event != null; event = events.next()) {
                    if (event instanceof ProcessEvent.Output output) {
                        System.out.writeBytes(output.bytes());
                    }
                }
            }
        }
    }
}
