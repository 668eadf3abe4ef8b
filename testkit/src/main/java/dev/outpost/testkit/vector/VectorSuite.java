package dev.outpost.testkit.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;

/**
 * The vectors as JUnit tests, one per case and transport. Over WebSocket one server serves all cases; over stdio each
 * case has a server of its own, which must end with code 0 when its input ends. Tests may run in parallel.
 */
public final class VectorSuite implements AutoCloseable {
    private final ServerLaunch launch;
    private final Set<String> capabilities;
    private final ServerProcess server;
    private final URI url;

    /**
     * Starts the server.
     *
     * @param launch how; its environment must be {@link #environment}, its directory a scratch directory that is a real
     *     path
     * @param capabilities what of a case's {@code requires} is given; other cases are left out
     */
    public VectorSuite(ServerLaunch launch, Set<String> capabilities) throws IOException, InterruptedException {
        this.launch = launch;
        this.capabilities = capabilities;
        server = launch.webSocket();
        url = server.url();
    }

    /** The environment that the vectors need the server to have. */
    public static Map<String, String> environment(Path home) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("HOME", home.toString());
        environment.put("USER", "vec");
        environment.put("SHELL", "/bin/sh");
        environment.put("LANG", "C.UTF-8");
        environment.put("LC_TIME", "x");
        environment.put("CV_ALPHA", "1");
        environment.put("CV_ALPHABET", "2");
        environment.put("CV_API_KEY", "k");
        environment.put("cv_Secret_x", "s");
        environment.put("CV_TOKENS", "t");
        return environment;
    }

    /** All cases of one vector file that apply, over both transports. */
    public Stream<DynamicContainer> tests(String file) {
        List<VectorCase> cases = VectorCase.load(file).stream()
                .filter(vector -> capabilities.containsAll(vector.requires()))
                .toList();
        return Stream.of(Transport.values())
                .map(transport -> dynamicContainer(
                        transport.toString(),
                        cases.stream()
                                .filter(transport::suits)
                                .map(vector -> dynamicTest(
                                        vector.name(),
                                        () -> assertThat(differences(vector, transport))
                                                .isEmpty()))));
    }

    private List<String> differences(VectorCase vector, Transport transport) throws Exception {
        Path root = Files.createTempDirectory(launch.directory(), "case-").resolve("root");
        return switch (transport) {
            case WEB_SOCKET -> {
                try (var run = new VectorRun(vector, transport, () -> WebSocketConnection.connect(url), root)) {
                    yield run.differences();
                }
            }
            case STDIO -> overStdio(vector, root);
        };
    }

    private List<String> overStdio(VectorCase vector, Path root) throws IOException, InterruptedException {
        try (ServerProcess own = launch.stdio();
                var run = new VectorRun(vector, Transport.STDIO, own::stdio, root)) {
            List<String> differences = new ArrayList<>(run.differences());
            own.stdio().endInput();
            int exitCode = own.awaitExit();
            if (exitCode != 0) {
                differences.add("exit code " + exitCode + " after the end of input\n" + own.errors());
            }
            return differences;
        }
    }

    /** Where the server of the WebSocket cases listens. */
    public URI url() {
        return url;
    }

    /** The server of the WebSocket cases. */
    public ServerProcess server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
