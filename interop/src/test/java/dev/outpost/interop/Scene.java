package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A client, a server, a model that the test plays, and a workspace on the disk that both share. The variable {@code
 * MARK} is {@code server} in the server and {@code client} in the client. Closing ends all.
 */
final class Scene implements AutoCloseable {
    static final String FULL_ACCESS = "danger-full-access";

    private final Pairing pairing;
    private final Path clientHome;
    private final Path workspace;
    private final ServerLaunch launch;
    private final ScriptedModel model;
    private ServerProcess server;
    private URI url;
    private @Nullable CodexClient client;

    /** Starts the server; {@code scratch} is empty. */
    Scene(Pairing pairing, Path scratch) throws IOException, InterruptedException {
        this.pairing = pairing;
        clientHome = Files.createDirectory(scratch.resolve("client-home"));
        Files.createDirectory(codexHome());
        workspace = Files.createDirectory(scratch.resolve("workspace"));
        Files.createDirectory(workspace.resolve(".git"));
        Path serverHome = Files.createDirectory(scratch.resolve("server-home"));
        launch = pairing.server(serverEnvironment(serverHome), serverHome);
        server = launch.webSocket();
        url = server.url();
        model = new ScriptedModel();
        configure("");
    }

    private static Map<String, String> serverEnvironment(Path home) {
        return Map.of(
                "PATH", System.getenv("PATH"),
                "LANG", "C.UTF-8",
                "HOME", home.toString(),
                "MARK", "server",
                "KEPT_BY_NAME", "kept",
                "DROPPED_BY_NAME", "dropped");
    }

    /** Writes the client's configuration with {@code more} at its end. */
    void configure(String more) throws IOException {
        Files.writeString(codexHome().resolve("config.toml"), """
                model = "gpt-5.5"
                model_provider = "scripted"
                approval_policy = "never"
                check_for_update_on_startup = false

                [model_providers.scripted]
                name = "scripted"
                base_url = "%s"
                wire_api = "responses"
                request_max_retries = 0
                stream_max_retries = 0
                supports_websockets = false
                requires_openai_auth = false

                [analytics]
                enabled = false

                [features]
                plugins = false
                apps = false

                %s
                """.formatted(model.url(), more));
    }

    /** Starts the client with the server as its environment. */
    void startClient() throws IOException {
        startClient(url, FULL_ACCESS);
    }

    /**
     * Starts the client.
     *
     * @param server where it looks for the server
     * @param sandboxMode {@link #FULL_ACCESS}, {@code workspace-write} or {@code read-only}
     */
    void startClient(URI server, String sandboxMode) throws IOException {
        client = new CodexClient(
                pairing.client(),
                clientHome,
                workspace,
                sandboxMode,
                Map.of("MARK", "client", "CODEX_EXEC_SERVER_URL", server.toString()));
        model.serve(client);
    }

    /** Ends the client's turn; it must end well. */
    void finish() throws InterruptedException {
        model.finish();
        if (client == null) {
            throw new IllegalStateException("no client was started");
        }
        assertThat(client.awaitExit())
                .as("exit code of the client, which wrote: %s", client)
                .isZero();
    }

    /** Waits for a file that a command makes in the workspace. */
    void awaitFile(String name) {
        Awaitility.await(name).atMost(Duration.ofSeconds(30)).until(() -> Files.exists(workspace.resolve(name)));
    }

    /** Kills the server, and starts another elsewhere. */
    void replaceServer() throws IOException, InterruptedException {
        server.kill();
        server.close();
        server = launch.webSocket();
        url = server.url();
    }

    /** Where the server is at present. */
    URI url() {
        return url;
    }

    ServerLaunch launch() {
        return launch;
    }

    ScriptedModel model() {
        return model;
    }

    /** The client's working directory. */
    Path workspace() {
        return workspace;
    }

    /** Where the client has its configuration. */
    Path codexHome() {
        return clientHome.resolve(".codex");
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        model.close();
        try {
            assertThat(server.stop()).as("processes that outlive the server").isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
