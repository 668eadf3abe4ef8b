package dev.outpost.environment.config;

import dev.outpost.client.connect.ServerCommand;
import dev.outpost.environment.DefaultSelection;
import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.EnvironmentProvider;
import dev.outpost.environment.EnvironmentSnapshot;
import dev.outpost.environment.RemoteSettings;
import dev.outpost.environment.TokenSource;
import dev.outpost.local.env.ExecutorEnvironment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code environments.toml} says (spec E38–E52); read when the snapshot is taken and never again (E56). */
final class FileProvider implements EnvironmentProvider {
    private final EnvironmentsFile file;
    private final ExecutorEnvironment variables;

    FileProvider(EnvironmentsFile file, ExecutorEnvironment variables) {
        this.file = file;
        this.variables = variables;
    }

    @Override
    public EnvironmentSnapshot snapshot(EnvironmentFactory factory) throws EnvironmentException {
        EnvironmentsDocument document;
        try {
            document = EnvironmentsParser.parse(file.read(), file.outposts());
        } catch (ParseFailure failure) {
            throw EnvironmentException.protocol(
                    "failed to parse environment config `" + file.path() + "`: " + failure.getMessage(), failure);
        }
        List<ConfiguredEnvironment> configured =
                EntryRules.check(document, file.path().getParent());
        List<EnvironmentSnapshot.Entry> entries = new ArrayList<>();
        for (ConfiguredEnvironment environment : configured) {
            entries.add(new EnvironmentSnapshot.Entry(environment.id(), make(environment, factory)));
        }
        String defaultId = EntryRules.defaultId(document, configured);
        return new EnvironmentSnapshot(
                entries,
                defaultId == null ? new DefaultSelection.Disabled() : new DefaultSelection.Explicit(defaultId),
                true);
    }

    private Environment make(ConfiguredEnvironment configured, EnvironmentFactory factory) {
        RemoteSettings settings = new RemoteSettings(
                configured.connectTimeout(),
                configured.initializeTimeout(),
                token(configured),
                configured.recovery(),
                configured.callDeadline());
        return switch (configured.target()) {
            case ConfiguredEnvironment.Url(String url) -> factory.webSocket(configured.id(), url, settings, null);
            case ConfiguredEnvironment.Command(ServerCommand command) ->
                factory.command(configured.id(), command, settings, null);
        };
    }

    private @Nullable TokenSource token(ConfiguredEnvironment configured) {
        return switch (configured.token()) {
            case null -> null;
            case ConfiguredEnvironment.TokenFile(var path) -> new FileToken(path);
            case ConfiguredEnvironment.TokenVariable(String name) -> new VariableToken(name, variables.text(name));
        };
    }
}
