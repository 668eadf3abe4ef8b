package dev.outpost.environment.config;

import dev.outpost.environment.DefaultSelection;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.EnvironmentProvider;
import dev.outpost.environment.EnvironmentSnapshot;
import dev.outpost.environment.ExecServerUrl;
import dev.outpost.environment.RemoteSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code CODEX_EXEC_SERVER_URL} says (spec E33–E36). */
public final class UrlVariableProvider implements EnvironmentProvider {
    /** The variable's name. */
    public static final String VARIABLE = "CODEX_EXEC_SERVER_URL";

    private final ExecServerUrl url;
    private final boolean alwaysWithLocal;

    private UrlVariableProvider(ExecServerUrl url, boolean alwaysWithLocal) {
        this.url = url;
        this.alwaysWithLocal = alwaysWithLocal;
    }

    /**
     * What this value says.
     *
     * @param value the variable's value; null if it is not set or not valid Unicode
     */
    public UrlVariableProvider(@Nullable String value) {
        this(ExecServerUrl.of(value), false);
    }

    /** The same, but the local environment may be selected in any case (spec E36a). */
    public UrlVariableProvider withLocal() {
        return new UrlVariableProvider(url, true);
    }

    @Override
    public EnvironmentSnapshot snapshot(EnvironmentFactory factory) {
        // Not a switch: those over types are linked at run time, for some ms of every start.
        if (url instanceof ExecServerUrl.Given(String given)) {
            return new EnvironmentSnapshot(
                    List.of(new EnvironmentSnapshot.Entry(
                            EnvironmentManager.REMOTE,
                            factory.webSocket(EnvironmentManager.REMOTE, given, RemoteSettings.DEFAULT, null))),
                    new DefaultSelection.Explicit(EnvironmentManager.REMOTE),
                    alwaysWithLocal);
        }
        return url instanceof ExecServerUrl.Disabled
                ? new EnvironmentSnapshot(List.of(), new DefaultSelection.Disabled(), alwaysWithLocal)
                : new EnvironmentSnapshot(List.of(), new DefaultSelection.Explicit(EnvironmentManager.LOCAL), true);
    }
}
