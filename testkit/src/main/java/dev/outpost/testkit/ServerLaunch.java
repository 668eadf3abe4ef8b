package dev.outpost.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How an exec-server is started.
 *
 * @param command program and arguments without {@code --listen}
 * @param environment the whole environment of the server, nothing is inherited
 * @param directory the server's working directory; its diagnostics are kept there too
 */
public record ServerLaunch(List<String> command, Map<String, String> environment, Path directory) {
    public ServerLaunch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The program of this build, as {@link ProgramJvm} starts those that don't live long. */
    public static ServerLaunch outpost(Map<String, String> environment, Path directory) {
        List<String> command = ProgramJvm.shortLived();
        command.addAll(List.of("dev.outpost.cli.Outpost", "exec-server"));
        return new ServerLaunch(command, environment, directory);
    }

    /** Starts it as a WebSocket server on a free port of the loopback interface. */
    public ServerProcess webSocket() throws IOException {
        return start("ws://127.0.0.1:0");
    }

    /** Starts it with one connection on its standard streams. */
    public ServerProcess stdio() throws IOException {
        return start("stdio");
    }

    /** The whole command line. */
    public List<String> commandLine(String listen) {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of("--listen", listen));
        return line;
    }

    private ServerProcess start(String listen) throws IOException {
        return new ServerProcess(commandLine(listen), environment, directory);
    }
}
