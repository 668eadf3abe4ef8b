package dev.outpost.environment;

import dev.outpost.client.ClientOptions;
import dev.outpost.client.ExecServerClient;
import dev.outpost.client.ExecServerException;
import dev.outpost.client.connect.CommandConnector;
import dev.outpost.client.connect.ServerCommand;
import dev.outpost.client.remote.RemoteExecBackend;
import dev.outpost.client.remote.RemoteFileSystem;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.filesystem.FileSystemLimits;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.sandbox.FileSandbox;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxLimits;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.transport.Connector;
import dev.outpost.transport.websocket.ClientEventLoops;
import dev.outpost.transport.websocket.ConnectorConfig;
import dev.outpost.transport.websocket.ProxySettings;
import dev.outpost.transport.websocket.WebSocketConnector;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes environments, and owns what they share: the threads of WebSocket connections, which are started with the first of
 * these. Making an environment opens no connection and starts no process (spec E10). Safe from any thread.
 */
public final class EnvironmentFactory implements AutoCloseable {
    /** What an environment calls itself to servers (spec E15). */
    private static final String CLIENT_NAME = "codex-environment";

    private static final int EVENT_LOOPS = 2;

    private final ExecutorEnvironment variables;
    private final ProxySettings proxies;
    private final @Nullable RuntimePaths runtimePaths;
    private final ClientOptions clientOptions;
    private final SandboxMode localSandbox;
    private final ClientEventLoops eventLoops = new ClientEventLoops(EVENT_LOOPS);

    /**
     * Connects to nothing and starts no thread.
     *
     * @param variables what this process was started with: inherited by local processes and by servers that are commands
     * @param proxies for WebSocket connections
     * @param clientOptions bounds of clients; name, timeout, recovery and deadline are each environment's own
     * @param runtimePaths where this program is; null if that is unknown
     * @param localSandbox what holds local processes and operations on local files to restricting profiles
     */
    public EnvironmentFactory(
            ExecutorEnvironment variables,
            ProxySettings proxies,
            ClientOptions clientOptions,
            @Nullable RuntimePaths runtimePaths,
            SandboxMode localSandbox) {
        this.localSandbox = localSandbox;
        this.variables = variables;
        this.proxies = proxies;
        this.clientOptions = clientOptions;
        this.runtimePaths = runtimePaths;
    }

    /**
     * For a program that embeds Outpost: its own variables, the proxies that they name, default bounds, and sandboxes as
     * far as this machine allows.
     */
    public static EnvironmentFactory ofThisProcess() {
        ExecutorEnvironment variables = ExecutorEnvironment.ofThisProcess();
        return new EnvironmentFactory(
                variables,
                ProxySettings.fromVariables(variables::text),
                ClientOptions.DEFAULT,
                null,
                SandboxMode.ENFORCE);
    }

    /** Where this program is, if that was configured. */
    @Nullable RuntimePaths runtimePaths() {
        return runtimePaths;
    }

    /** A new environment that is this machine; file operations that demand a sandbox get what the factory has (spec E5). */
    public Environment local() {
        SandboxHost host = SandboxHost.local(variables.unicode("TMPDIR"));
        FileSandbox sandbox = new FileSandbox(localSandbox, host, SandboxLimits.DEFAULT);
        ExecBackend processes = new LocalProcesses(variables, ProcessLimits.defaults(), localSandbox);
        return Environment.local(
                processes, new LocalFileSystem(FileSystemLimits.DEFAULT, sandbox), runtimePaths, () -> {
                    processes.close();
                    sandbox.close();
                });
    }

    /**
     * What a URL value means (spec E8, E9): a remote environment with default settings, or for no value the local one.
     *
     * @throws EnvironmentException for {@code none}
     */
    public Environment ofUrl(@Nullable String rawUrl) throws EnvironmentException {
        return switch (ExecServerUrl.of(rawUrl)) {
            case ExecServerUrl.Absent _ -> local();
            case ExecServerUrl.Disabled _ ->
                throw EnvironmentException.protocol("disabled mode does not create an Environment");
            case ExecServerUrl.Given(String url) -> webSocket(null, url, RemoteSettings.DEFAULT, runtimePaths);
        };
    }

    /**
     * An environment behind a WebSocket.
     *
     * @param name what failures call it, for people; null for none
     * @param url not checked: a bad one fails when it is used (spec E29)
     * @param paths what {@link Environment#localRuntimePaths} says
     */
    public Environment webSocket(
            @Nullable String name, String url, RemoteSettings settings, @Nullable RuntimePaths paths) {
        String prefix = prefix(name);
        return Environment.remote(
                new LazyServices(description(name), () -> open(webSocket(url, settings, prefix), settings, prefix)),
                url,
                paths);
    }

    /** An environment behind a program that is started when it is used first; parameters as for {@link #webSocket}. */
    public Environment command(
            @Nullable String name, ServerCommand command, RemoteSettings settings, @Nullable RuntimePaths paths) {
        String prefix = prefix(name);
        RemoteSettings own = settings.withRecovery(false);
        return Environment.remote(
                new LazyServices(
                        description(name),
                        () -> open(
                                new CommandConnector(command, variables, ConnectorConfig.DEFAULT_MAX_MESSAGE_BYTES),
                                own,
                                prefix)),
                null,
                paths);
    }

    private static String description(@Nullable String name) {
        return name == null ? "the environment" : "environment `" + name + "`";
    }

    private static String prefix(@Nullable String name) {
        return name == null ? "" : "environment `" + name + "` is not available: ";
    }

    private Connector webSocket(String url, RemoteSettings settings, String prefix) throws ExecutorException {
        try {
            TokenSource token = settings.token();
            ConnectorConfig config = ConnectorConfig.builder(url)
                    .connectTimeout(settings.connectTimeout())
                    .bearerToken(token == null ? null : token.read())
                    .proxies(proxies)
                    .build();
            return new WebSocketConnector(config, eventLoops);
        } catch (IOException | IllegalArgumentException failure) {
            throw new ExecutorException(FailureKind.FAILED, prefix + failure.getMessage(), failure);
        }
    }

    private RemoteServices open(Connector connector, RemoteSettings settings, String prefix) throws ExecutorException {
        ClientOptions options = clientOptions
                .withClientName(CLIENT_NAME)
                .withInitializeTimeout(settings.initializeTimeout())
                .withRecoveryWindow(settings.recovery() ? clientOptions.recoveryWindow() : Duration.ZERO)
                .withCallDeadline(settings.callDeadline());
        try {
            ExecServerClient client = ExecServerClient.connect(connector, options);
            return new RemoteServices(
                    new RemoteExecBackend(client),
                    new RemoteFileSystem(client),
                    () -> client.end() == null,
                    () -> new ServerDescription(
                            client.environmentInfo(), client.dialects().known()),
                    client::close);
        } catch (ExecServerException failure) {
            throw new ExecutorException(FailureKind.UNAVAILABLE, prefix + failure.getMessage(), failure);
        }
    }

    /** Ends all WebSocket connections of all environments made here. Idempotent. */
    @Override
    public void close() {
        eventLoops.close();
    }
}
