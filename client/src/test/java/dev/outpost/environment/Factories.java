package dev.outpost.environment;

import dev.outpost.client.ClientOptions;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.transport.websocket.ProxySettings;
import org.jspecify.annotations.Nullable;

/** Factories as tests need them. */
public final class Factories {
    private Factories() {}

    /** One that knows no paths and no proxies. */
    public static EnvironmentFactory plain() {
        return of(null);
    }

    static EnvironmentFactory of(@Nullable RuntimePaths paths) {
        return of(paths, SandboxMode.NONE);
    }

    static EnvironmentFactory of(@Nullable RuntimePaths paths, SandboxMode localSandbox) {
        return new EnvironmentFactory(
                ExecutorEnvironment.ofThisProcess(), ProxySettings.NONE, ClientOptions.DEFAULT, paths, localSandbox);
    }
}
