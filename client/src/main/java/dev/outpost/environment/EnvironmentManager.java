package dev.outpost.environment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All environments of a program by their ids (spec 05 §3). One for a program is right, made before anything that needs
 * environments (E60). Safe from any thread; nothing blocks but {@link #close}.
 */
public final class EnvironmentManager implements AutoCloseable {
    /** The id of the local environment. */
    public static final String LOCAL = "local";
    /** The id of the environment that a variable configures; a user may configure one under it as well (spec E18). */
    public static final String REMOTE = "remote";

    private final EnvironmentFactory factory;
    private final Environment localEnvironment;
    private final @Nullable String defaultId;
    /** Guarded by itself: in the order of configuration, then of addition. */
    private final Map<String, Environment> environments;

    private EnvironmentManager(
            EnvironmentFactory factory,
            Environment localEnvironment,
            @Nullable String defaultId,
            Map<String, Environment> environments) {
        this.factory = factory;
        this.localEnvironment = localEnvironment;
        this.defaultId = defaultId;
        this.environments = environments;
    }

    /**
     * Asks the provider, once, and registers what it knows (spec E20).
     *
     * @param factory owned by the manager from now on, and closed if this fails
     * @throws EnvironmentException if the provider fails, or what it says is inconsistent
     */
    public static EnvironmentManager create(EnvironmentFactory factory, EnvironmentProvider provider)
            throws EnvironmentException {
        try {
            return register(factory, provider.snapshot(factory));
        } catch (EnvironmentException | RuntimeException failure) {
            factory.close();
            throw failure;
        }
    }

    private static EnvironmentManager register(EnvironmentFactory factory, EnvironmentSnapshot snapshot)
            throws EnvironmentException {
        Environment local = factory.local();
        Map<String, Environment> environments = new LinkedHashMap<>();
        if (snapshot.includeLocal()) {
            environments.put(LOCAL, local);
        }
        for (EnvironmentSnapshot.Entry entry : snapshot.environments()) {
            String id = entry.id();
            if (id.isEmpty()) {
                throw EnvironmentException.protocol("environment id cannot be empty");
            }
            if (id.equals(LOCAL)) {
                throw EnvironmentException.protocol("environment id `local` is reserved for EnvironmentManager");
            }
            if (environments.putIfAbsent(id, entry.environment()) != null) {
                throw EnvironmentException.protocol("environment id `" + id + "` is duplicated");
            }
        }
        return new EnvironmentManager(
                factory, local, defaultOf(snapshot.defaultSelection(), environments), environments);
    }

    private static @Nullable String defaultOf(DefaultSelection selection, Map<String, Environment> environments)
            throws EnvironmentException {
        // Switches over types are linked at run time, for some ms of every start; so are none here.
        if (selection instanceof DefaultSelection.Disabled) {
            return null;
        }
        if (selection instanceof DefaultSelection.Explicit(String id)) {
            if (!environments.containsKey(id)) {
                throw EnvironmentException.protocol("default environment `" + id + "` is not configured");
            }
            return id;
        }
        return environments.containsKey(REMOTE) ? REMOTE : environments.containsKey(LOCAL) ? LOCAL : null;
    }

    /** The id of the default environment, fixed from the start; null if there is none. */
    public @Nullable String defaultEnvironmentId() {
        return defaultId;
    }

    /** What goes by the default's id now; null if there is no default (spec E23). */
    public @Nullable Environment defaultEnvironment() {
        return defaultId == null ? null : environment(defaultId);
    }

    /** What goes by this id now; null if nothing does. */
    public @Nullable Environment environment(String id) {
        synchronized (environments) {
            return environments.get(id);
        }
    }

    /** This machine, whether it may be selected or not: for the program's own needs (spec E24). */
    public Environment localEnvironment() {
        return localEnvironment;
    }

    /** All ids: {@code local}, those configured in their order, those added in theirs. */
    public List<String> environmentIds() {
        List<String> ids;
        synchronized (environments) {
            ids = new ArrayList<>(environments.keySet());
        }
        if (ids.remove(LOCAL)) {
            ids.addFirst(LOCAL);
        }
        return ids;
    }

    /**
     * The ids that a thread starts with: none without a default; else the default, and then all others as in {@link
     * #environmentIds} (spec E25).
     */
    public List<String> defaultEnvironmentIds() {
        if (defaultId == null) {
            return List.of();
        }
        List<String> ids = environmentIds();
        ids.remove(defaultId);
        ids.addFirst(defaultId);
        return ids;
    }

    /**
     * Adds a WebSocket environment with default settings, or puts it in the place of what goes by this id (spec E27–E31).
     * Who holds the old one may go on with it. Neither id nor URL are checked beyond what the errors say.
     *
     * @throws EnvironmentException if the id is empty, or the value is blank or {@code none}
     */
    public void upsertEnvironment(String id, @Nullable String rawUrl) throws EnvironmentException {
        if (id.isEmpty()) {
            throw EnvironmentException.protocol("environment id cannot be empty");
        }
        ExecServerUrl value = ExecServerUrl.of(rawUrl);
        if (value instanceof ExecServerUrl.Disabled) {
            throw EnvironmentException.protocol("remote environment cannot use disabled exec-server url");
        }
        if (!(value instanceof ExecServerUrl.Given(String url))) {
            throw EnvironmentException.protocol("remote environment requires an exec-server url");
        }
        Environment added = factory.webSocket(id, url, RemoteSettings.DEFAULT, factory.runtimePaths());
        synchronized (environments) {
            environments.put(id, added);
        }
    }

    /**
     * How the directory is to be taken that a user starts in (spec E75).
     *
     * @param attached whether this program only shows what another one, elsewhere, does
     */
    public StartDirectory startDirectory(boolean attached) {
        Environment environment = defaultEnvironment();
        return attached || (environment != null && environment.isRemote())
                ? StartDirectory.REMOTE
                : StartDirectory.LOCAL;
    }

    /** Closes all environments, also those that were replaced, and what they share. Idempotent. */
    @Override
    public void close() {
        List<Environment> registered;
        synchronized (environments) {
            registered = List.copyOf(environments.values());
        }
        registered.forEach(Environment::close);
        localEnvironment.close();
        factory.close();
    }
}
