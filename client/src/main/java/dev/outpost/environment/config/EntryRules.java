package dev.outpost.environment.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.client.connect.ServerCommand;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.RemoteSettings;
import dev.outpost.environment.config.EnvironmentsDocument.Entry;
import dev.outpost.executor.HostPath;
import dev.outpost.transport.websocket.WebSocketConnector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be true of a document beyond its types, in the order in which it is checked (spec E43–E51). */
final class EntryRules {
    private static final String NONE = "none";
    private static final int MAX_ID_BYTES = 64;

    private EntryRules() {}

    /**
     * Checks the entries one after the other.
     *
     * @param directory what relative paths are relative to; null if that is not known
     */
    static List<ConfiguredEnvironment> check(EnvironmentsDocument document, @Nullable Path directory)
            throws EnvironmentException {
        List<ConfiguredEnvironment> configured = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Entry entry : document.environments()) {
            checkId(entry.id());
            checkShape(entry);
            ConfiguredEnvironment environment = configure(entry, directory);
            if (!seen.add(entry.id())) {
                throw broken("environment id `" + entry.id() + "` is duplicated");
            }
            configured.add(environment);
        }
        return configured;
    }

    /** The default's id, null if there is to be none. */
    static @Nullable String defaultId(EnvironmentsDocument document, List<ConfiguredEnvironment> configured)
            throws EnvironmentException {
        if (document.defaultId() == null) {
            return EnvironmentManager.LOCAL;
        }
        String id = document.defaultId().strip();
        if (id.isEmpty()) {
            throw broken("default environment id cannot be empty");
        }
        if (id.equalsIgnoreCase(NONE)) {
            return null;
        }
        if (!id.equals(EnvironmentManager.LOCAL)
                && configured.stream().noneMatch(environment -> environment.id().equals(id))) {
            throw broken("default environment `" + id + "` is not configured");
        }
        return id;
    }

    private static void checkId(String id) throws EnvironmentException {
        if (id.isBlank()) {
            throw broken("environment id cannot be empty");
        }
        if (!id.strip().equals(id)) {
            throw broken("environment id `" + id + "` must not contain surrounding whitespace");
        }
        if (id.equals(EnvironmentManager.LOCAL) || id.equalsIgnoreCase(NONE)) {
            throw broken("environment id `" + id + "` is reserved");
        }
        if (id.getBytes(UTF_8).length > MAX_ID_BYTES) {
            throw broken("environment id `" + id + "` cannot be longer than " + MAX_ID_BYTES + " characters");
        }
        if (!id.matches("[A-Za-z0-9_-]+")) {
            throw broken("environment id `" + id + "` must contain only ASCII letters, numbers, '-' or '_'");
        }
    }

    private static void checkShape(Entry entry) throws EnvironmentException {
        String name = "environment `" + entry.id() + "` ";
        if (entry.program() == null && (entry.args() != null || entry.env() != null || entry.cwd() != null)) {
            throw broken(name + "args, env, and cwd require program");
        }
        if (entry.url() == null && entry.connectTimeout() != null) {
            throw broken(name + "connect_timeout_sec requires url");
        }
        if ((entry.url() == null) == (entry.program() == null)) {
            throw broken(name + "must set exactly one of url or program");
        }
        if (entry.url() == null
                && (entry.tokenFile() != null || entry.tokenVariable() != null || entry.recovery() != null)) {
            throw broken(name + "token_file, token_env, and recovery require url");
        }
        if (entry.tokenFile() != null && entry.tokenVariable() != null) {
            throw broken(name + "must set at most one of token_file or token_env");
        }
    }

    private static ConfiguredEnvironment configure(Entry entry, @Nullable Path directory) throws EnvironmentException {
        RemoteSettings defaults = RemoteSettings.DEFAULT;
        return new ConfiguredEnvironment(
                entry.id(),
                entry.url() == null ? command(entry, directory) : url(entry.url()),
                Objects.requireNonNullElse(entry.connectTimeout(), defaults.connectTimeout()),
                Objects.requireNonNullElse(entry.initializeTimeout(), defaults.initializeTimeout()),
                token(entry, directory),
                Objects.requireNonNullElse(entry.recovery(), defaults.recovery()),
                entry.callTimeout());
    }

    private static ConfiguredEnvironment.Url url(String raw) throws EnvironmentException {
        String url = raw.strip();
        if (url.isEmpty()) {
            throw broken("environment url cannot be empty");
        }
        if (!url.startsWith("ws://") && !url.startsWith("wss://")) {
            throw broken("environment url `" + url + "` must use ws:// or wss://");
        }
        String defect = WebSocketConnector.defectOf(url);
        if (defect != null) {
            throw broken("environment url `" + url + "` is invalid: " + defect);
        }
        return new ConfiguredEnvironment.Url(url);
    }

    private static ConfiguredEnvironment.Command command(Entry entry, @Nullable Path directory)
            throws EnvironmentException {
        String program = Objects.requireNonNull(entry.program()).strip();
        if (program.isEmpty()) {
            throw broken("environment `" + entry.id() + "` program cannot be empty");
        }
        return new ConfiguredEnvironment.Command(new ServerCommand(
                program,
                Objects.requireNonNullElse(entry.args(), List.of()),
                Objects.requireNonNullElse(entry.env(), Map.of()),
                entry.cwd() == null ? null : HostPath.of(absolute(entry, "cwd", entry.cwd(), directory))));
    }

    private static ConfiguredEnvironment.@Nullable Token token(Entry entry, @Nullable Path directory)
            throws EnvironmentException {
        if (entry.tokenFile() != null) {
            return new ConfiguredEnvironment.TokenFile(
                    Path.of(absolute(entry, "token_file", entry.tokenFile(), directory)));
        }
        return entry.tokenVariable() == null ? null : new ConfiguredEnvironment.TokenVariable(entry.tokenVariable());
    }

    /** Joined, and otherwise left as it is. */
    private static String absolute(Entry entry, String key, String path, @Nullable Path directory)
            throws EnvironmentException {
        if (path.startsWith("/")) {
            return path;
        }
        if (directory == null) {
            throw broken("environment `" + entry.id() + "` " + key + " must be absolute");
        }
        return directory + "/" + path;
    }

    private static EnvironmentException broken(String text) {
        return EnvironmentException.protocol(text);
    }
}
