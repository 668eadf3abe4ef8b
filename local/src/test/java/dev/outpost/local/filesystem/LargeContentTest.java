package dev.outpost.local.filesystem;

import static dev.outpost.executor.filesystem.ExecutorFileSystem.READ_LIMIT;
import static dev.outpost.local.filesystem.Disk.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.testkit.Spec;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads that need memory outside the heap; a leak of it would make a later read wait forever. */
@Timeout(120)
class LargeContentTest {
    private final LocalFileSystem fileSystem = new LocalFileSystem(new FileSystemLimits(1, READ_LIMIT, 1));

    @TempDir
    Path root;

    @Test
    @Spec({"F9", "W74"})
    void readsExactlyTheLimitOutsideTheHeap() throws Exception {
        Disk.fails(
                FailureKind.REJECTED,
                "file is too large to read: limit is 536870912 bytes",
                () -> fileSystem.readFile(HostPath.of("/dev/zero"), null));
        Path file = Disk.sparse(root.resolve("f"), READ_LIMIT);
        try (RandomAccessFile end = new RandomAccessFile(file.toFile(), "rw")) {
            end.seek(READ_LIMIT - 1);
            end.write(7);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        byte[] last = new byte[4];
        FileContent content = fileSystem.readFile(host(file), null);
        assertThat(content.size()).isEqualTo(READ_LIMIT);
        assertThat(content.copy(READ_LIMIT - 2, last, 0, 4)).isEqualTo(2);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
        content.close();
        content.close();
        assertThat(last).containsExactly(0, 7, 0, 0);
        assertThatIllegalStateException().isThrownBy(() -> content.copy(0, last, 0, 1));
    }

    @Test
    void readsWaitForMemoryInOrderAndSmallOnesDoNot() throws Exception {
        Path most = Disk.sparse(root.resolve("most"), READ_LIMIT - (3 << 20));
        Path large = Disk.sparse(root.resolve("large"), 4 << 20);
        Path fitting = Disk.sparse(root.resolve("fitting"), 2 << 20);
        Path small = Disk.sparse(root.resolve("small"), 1 << 20);
        FileContent held = fileSystem.readFile(host(most), null);
        Reading first = new Reading(fileSystem, large);
        first.awaitWaiting();
        Reading second = new Reading(fileSystem, fitting);
        second.awaitWaiting();
        fileSystem.readFile(host(small), null).close();
        assertThat(first.result).isNotDone();
        held.close();
        first.result.join().close();
        second.result.join().close();
    }

    @Test
    void interruptEndsTheWaitForMemory() throws Exception {
        Path most = Disk.sparse(root.resolve("most"), READ_LIMIT - (3 << 20));
        Path large = Disk.sparse(root.resolve("large"), 4 << 20);
        FileContent held = fileSystem.readFile(host(most), null);
        Reading waiting = new Reading(fileSystem, large);
        waiting.awaitWaiting();
        waiting.failsWhenInterrupted();
        held.close();
        fileSystem.readFile(host(large), null).close();
    }

    @Test
    void limitsThatCouldNeverBeMetAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileSystemLimits(1, READ_LIMIT - 1, 1))
                .withMessage("a limit is too small: 1 waiting files, 536870911 bytes of contents, 1 directory entries");
    }
}
