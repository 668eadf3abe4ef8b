package dev.outpost.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.environment.EnvironmentSnapshot.Entry;
import dev.outpost.executor.HostPath;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@Timeout(120)
class EnvironmentManagerTest {
    private static final DefaultSelection NONE = new DefaultSelection.Disabled();
    private static final DefaultSelection DERIVED = new DefaultSelection.Derived();
    private static final RuntimePaths PATHS = new RuntimePaths(HostPath.of("/opt/outpost"), null);

    private final List<EnvironmentManager> managers = new ArrayList<>();

    @AfterEach
    void close() {
        managers.forEach(EnvironmentManager::close);
        managers.forEach(EnvironmentManager::close);
    }

    private EnvironmentManager manager(boolean includeLocal, DefaultSelection selection, String... ids)
            throws EnvironmentException {
        EnvironmentManager manager = EnvironmentManager.create(
                Factories.of(PATHS),
                factory -> new EnvironmentSnapshot(
                        Arrays.stream(ids).map(id -> entry(factory, id)).toList(), selection, includeLocal));
        managers.add(manager);
        return manager;
    }

    private static Entry entry(EnvironmentFactory factory, String id) {
        return new Entry(id, factory.webSocket(id, "ws://" + id, RemoteSettings.DEFAULT, null));
    }

    private static DefaultSelection explicit(String id) {
        return new DefaultSelection.Explicit(id);
    }

    @Test
    @Spec({"E18", "E20", "E23", "E53", "E54", "E55"})
    void registersWhatTheProviderKnows() throws Exception {
        EnvironmentManager manager = manager(true, explicit("remote"), "b", "remote", "a");
        assertThat(manager.environmentIds()).containsExactly("local", "b", "remote", "a");
        assertThat(manager.defaultEnvironmentId()).isEqualTo("remote");
        Environment remote = manager.environment("remote");
        assertThat(remote).isNotNull().isSameAs(manager.defaultEnvironment());
        assertThat(remote.execServerUrl()).isEqualTo("ws://remote");
        assertThat(remote.localRuntimePaths()).isNull();
        assertThat(manager.environment("local")).isSameAs(manager.localEnvironment());
        assertThat(manager.localEnvironment().localRuntimePaths()).isEqualTo(PATHS);
        assertThat(manager.environment("nobody")).isNull();
    }

    @ParameterizedTest
    @Spec({"E20"})
    @CsvSource({
        "'', environment id cannot be empty",
        "local, environment id `local` is reserved for EnvironmentManager",
        "first, environment id `first` is duplicated",
    })
    void refusesIdsThatCannotBe(String id, String text) {
        for (boolean includeLocal : List.of(true, false)) {
            assertThatThrownBy(() -> manager(includeLocal, explicit("unknown"), "first", id))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessage("exec-server protocol error: " + text);
        }
    }

    @Test
    @Spec({"E21"})
    void anExplicitDefaultMustBeThere() throws Exception {
        assertThatThrownBy(() -> manager(true, explicit("x"), "y"))
                .hasMessage("exec-server protocol error: default environment `x` is not configured");
        assertThatThrownBy(() -> manager(false, explicit("local"), "y"))
                .hasMessage("exec-server protocol error: default environment `local` is not configured");
        EnvironmentManager disabled = manager(true, NONE, "y");
        assertThat(disabled.defaultEnvironmentId()).isNull();
        assertThat(disabled.defaultEnvironment()).isNull();
        assertThat(disabled.defaultEnvironmentIds()).isEmpty();
    }

    @Test
    @Spec({"E22"})
    void aDerivedDefaultIsRemoteOrLocalOrNone() throws Exception {
        assertThat(manager(true, DERIVED, "x", "remote").defaultEnvironmentId()).isEqualTo("remote");
        assertThat(manager(true, DERIVED, "x").defaultEnvironmentId()).isEqualTo("local");
        assertThat(manager(false, DERIVED, "x").defaultEnvironmentId()).isNull();
    }

    @Test
    @Spec({"E24"})
    void theLocalEnvironmentIsAlwaysThere() throws Exception {
        EnvironmentManager manager = manager(false, NONE);
        assertThat(manager.environment("local")).isNull();
        Environment local = manager.localEnvironment();
        assertThat(local.isRemote()).isFalse();
        manager.upsertEnvironment("local", "ws://x");
        assertThat(manager.localEnvironment()).isSameAs(local);
    }

    @Test
    @Spec({"E25"})
    void threadsStartWithTheDefaultAndThenAllOthersInOrder() throws Exception {
        EnvironmentManager manager = manager(true, explicit("c"), "b", "c", "a");
        assertThat(manager.defaultEnvironmentIds()).containsExactly("c", "local", "b", "a");
        manager.upsertEnvironment("z", "ws://z");
        manager.upsertEnvironment("b", "ws://elsewhere");
        manager.upsertEnvironment("y", "ws://y");
        assertThat(manager.defaultEnvironmentIds()).containsExactly("c", "local", "b", "a", "z", "y");
        EnvironmentManager withoutLocal = manager(false, explicit("remote"), "remote");
        withoutLocal.upsertEnvironment("late", "ws://late");
        withoutLocal.upsertEnvironment("local", "ws://local");
        assertThat(withoutLocal.defaultEnvironmentIds()).containsExactly("remote", "local", "late");
    }

    @Test
    @Spec({"E23", "E27", "E30"})
    void anUpsertReplacesWithoutTouchingTheDefaultOrHolders() throws Exception {
        EnvironmentManager manager = manager(true, explicit("x"), "x");
        Environment before = manager.defaultEnvironment();
        manager.upsertEnvironment("x", " ws://new ");
        Environment after = manager.defaultEnvironment();
        assertThat(manager.defaultEnvironmentId()).isEqualTo("x");
        assertThat(after).isNotNull().isNotSameAs(before);
        assertThat(after.execServerUrl()).isEqualTo("ws://new");
        assertThat(after.localRuntimePaths()).isEqualTo(PATHS);
        assertThat(before).isNotNull();
        assertThat(before.execServerUrl()).isEqualTo("ws://x");
    }

    @Test
    @Spec({"E28"})
    void anUpsertChecksIdThenUrl() throws Exception {
        EnvironmentManager manager = manager(true, NONE);
        assertThatThrownBy(() -> manager.upsertEnvironment("", "none"))
                .hasMessage("exec-server protocol error: environment id cannot be empty");
        assertThatThrownBy(() -> manager.upsertEnvironment("x", " None "))
                .hasMessage("exec-server protocol error: remote environment cannot use disabled exec-server url");
        assertThatThrownBy(() -> manager.upsertEnvironment("x", " "))
                .hasMessage("exec-server protocol error: remote environment requires an exec-server url");
        assertThatThrownBy(() -> manager.upsertEnvironment("x", null))
                .hasMessage("exec-server protocol error: remote environment requires an exec-server url");
        assertThat(manager.environmentIds()).containsExactly("local");
    }

    @ParameterizedTest
    @Spec({"E29"})
    @ValueSource(strings = {" spaces ", "none", "ünï", "a/b", "local"})
    void anUpsertChecksNothingElse(String id) throws Exception {
        EnvironmentManager manager = manager(false, NONE);
        manager.upsertEnvironment(id, "http://no server at all");
        assertThat(manager.environmentIds()).containsExactly(id);
        Environment added = manager.environment(id);
        assertThat(added).isNotNull();
        assertThatThrownBy(() -> added.fileSystem().readFile(HostPath.of("/x"), null))
                .hasMessage("environment `" + id + "` is not available: failed to connect to exec-server websocket"
                        + " `http://no server at all`: URL error: URL scheme not supported");
    }

    @Test
    @Spec({"E31"})
    void anUpsertMayShadowTheLocalEnvironment() throws Exception {
        EnvironmentManager manager = manager(true, explicit("local"));
        manager.upsertEnvironment("local", "ws://shadow");
        assertThat(manager.environment("local")).isNotNull().isNotSameAs(manager.localEnvironment());
        assertThat(manager.defaultEnvironment()).isSameAs(manager.environment("local"));
        assertThat(manager.localEnvironment().isRemote()).isFalse();
    }

    @Test
    void nothingIsLeftWhenTheProviderFails() {
        EnvironmentFactory factory = Factories.plain();
        assertThatThrownBy(() -> EnvironmentManager.create(factory, made -> {
                    throw EnvironmentException.protocol("broken");
                }))
                .hasMessage("exec-server protocol error: broken");
    }

    @Test
    @Spec({"E75"})
    void aStartDirectoryElsewhereIsTakenAsItIs(@TempDir Path directory) throws Exception {
        HostPath here = HostPath.of(directory.toString());
        HostPath odd = HostPath.of("/no/such/../place");
        for (EnvironmentManager elsewhere :
                List.of(manager(true, explicit("x"), "x"), manager(true, explicit("local"), "x"))) {
            boolean attached = elsewhere.defaultEnvironment() == elsewhere.localEnvironment();
            StartDirectory start = elsewhere.startDirectory(attached);
            assertThat(start).isEqualTo(StartDirectory.REMOTE);
            assertThat(start.resolve(odd, here)).isEqualTo(odd);
            assertThat(start.resolve(null, here)).isEqualTo(here);
            assertThat(start.readsProjectConfiguration()).isFalse();
        }
    }

    @Test
    @Spec({"E75"})
    void aStartDirectoryHereMustExistAndKeepsItsLinks(@TempDir Path directory) throws Exception {
        Path real = Files.createDirectory(directory.resolve("real"));
        Files.createSymbolicLink(directory.resolve("link"), real);
        HostPath here = HostPath.of(directory.toString());
        for (EnvironmentManager local : List.of(manager(true, explicit("local"), "x"), manager(false, NONE))) {
            StartDirectory start = local.startDirectory(false);
            assertThat(start).isEqualTo(StartDirectory.LOCAL);
            assertThat(start.readsProjectConfiguration()).isTrue();
            assertThat(start.resolve(null, here)).isEqualTo(here);
            assertThat(start.resolve(HostPath.of("./real/../link"), here))
                    .hasToString(directory.resolve("link").toString());
            assertThatThrownBy(() -> start.resolve(HostPath.of("missing"), here))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("missing")
                    .hasMessageContaining("No such file or directory (os error 2)");
        }
    }
}
