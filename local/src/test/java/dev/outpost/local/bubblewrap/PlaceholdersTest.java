package dev.outpost.local.bubblewrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.linux.file.DirectoryLock;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Spec("F48")
class PlaceholdersTest {
    private final List<String> told = new ArrayList<>();
    private final Placeholders.Observer observer = new Placeholders.Observer() {
        @Override
        public void making(HostPath placeholder) {
            told.add("making " + placeholder);
        }

        @Override
        public void gone(HostPath placeholder) {
            told.add("gone " + placeholder);
        }
    };

    /** Of two servers. */
    private final Placeholders placeholders = new Placeholders(observer);

    private final Placeholders others = new Placeholders(observer);

    @TempDir
    private Path scratch;

    private Path directory;
    private HostPath path;

    @BeforeEach
    void name() throws Exception {
        directory = scratch.toRealPath().resolve(".codex");
        path = HostPath.of(directory.toString());
    }

    private static Placeholders.Held hold(Placeholders placeholders, HostPath... paths) throws Exception {
        return placeholders.hold(List.of(paths));
    }

    @Test
    void isThereWhileSomebodyNeedsIt() throws Exception {
        LeakCheck leaks = LeakCheck.before();
        Placeholders.Held first = hold(placeholders, path);
        Placeholders.Held second = hold(placeholders, path);
        first.close();
        first.close();
        assertThat(directory).isEmptyDirectory();
        second.close();
        assertThat(directory).doesNotExist();
        assertThat(told).containsExactly("making " + path, "gone " + path);
        leaks.assertNoLeak();
    }

    @Test
    void oneMayBeInAnother() throws Exception {
        Placeholders.Held held = hold(placeholders, path, path.resolve(HostPath.of(".git")));
        assertThat(directory.resolve(".git")).isEmptyDirectory();
        held.close();
        assertThat(directory).doesNotExist();
    }

    @Test
    void whatAnotherServerNeedsStays() throws Exception {
        Placeholders.Held own = hold(placeholders, path);
        Placeholders.Held other = hold(others, path);
        own.close();
        assertThat(directory).isEmptyDirectory();
        other.close();
        assertThat(directory)
                .as("it may be a user's, as far as the other one knows")
                .isEmptyDirectory();
        hold(placeholders, path).close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatSomebodyPutSomethingIntoStays() throws Exception {
        Placeholders.Held held = hold(placeholders, path);
        Files.writeString(directory.resolve("own"), "x");
        held.close();
        assertThat(directory.resolve("own")).exists();
        assertThat(told).containsExactly("making " + path, "gone " + path);
    }

    @Test
    void aFileThatCameMeanwhileIsLeftAlone() throws Exception {
        Files.writeString(directory, "x");
        hold(placeholders, path).close();
        assertThat(directory).hasContent("x");
        assertThat(told).isEmpty();
    }

    @Test
    void whatSomebodyHasLockedCanNotBeHeld() throws Exception {
        Files.createDirectory(directory);
        HostPath before = HostPath.of(scratch.toRealPath() + "/.agents");
        try (DirectoryLock lock = DirectoryLock.seize(path.toBytes())) {
            assertThat(lock.id()).isNotNull();
            assertThatThrownBy(() -> hold(placeholders, before, path))
                    .isInstanceOf(ExecutorException.class)
                    .hasMessageContaining(path + " can't be protected, because another process has locked it");
        }
        assertThat(scratch.resolve(".agents")).as("none is kept").doesNotExist();
        hold(placeholders, path).close();
        assertThat(directory).isEmptyDirectory();
    }
}
