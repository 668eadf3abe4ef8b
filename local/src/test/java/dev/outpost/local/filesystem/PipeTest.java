package dev.outpost.local.filesystem;

import static dev.outpost.local.filesystem.Disk.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.testkit.Spec;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that may let an operation wait forever. */
class PipeTest {
    private static final FileSystemLimits ONE_WAITS =
            new FileSystemLimits(1, FileSystemLimits.DEFAULT.largeContentBytes(), 1);

    private final LocalFileSystem fileSystem = new LocalFileSystem(ONE_WAITS);

    @TempDir
    Path root;

    @Test
    @Spec("F9")
    void oneMoreThanTheLimitFailsAndAnInterruptMakesRoom() throws Exception {
        Path pipe = Disk.fifo(root.resolve("p"));
        Reading first = new Reading(fileSystem, pipe);
        Reading second = new Reading(fileSystem, pipe);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() ->
                        CompletableFuture.anyOf(first.result, second.result).join())
                .havingCause()
                .isInstanceOf(ExecutorException.class)
                .withMessage("too many operations wait for pipes or devices: limit is 1; try again when one of them has"
                        + " ended");
        Reading waiting = first.result.isDone() ? second : first;
        assertThat(waiting.result).isNotDone();
        assertThat(Disk.read(fileSystem, Files.writeString(root.resolve("f"), "x")))
                .hasSize(1);
        waiting.failsWhenInterrupted();
        waiting.thread.join();
        readWhatIsWritten(pipe, 10);
    }

    @Test
    @Spec("F9")
    void readsMoreThanFitsTheHeap() throws Exception {
        readWhatIsWritten(Disk.fifo(root.resolve("p")), 5_000_000);
    }

    @Test
    @Spec("F9")
    void pipeWhoseWriterWritesNothingIsEmpty() throws Exception {
        readWhatIsWritten(Disk.fifo(root.resolve("p")), 0);
    }

    @Test
    @Spec("F10")
    void writeWithoutReaderFailsAtOnce() throws Exception {
        Path pipe = Disk.fifo(root.resolve("p"));
        Disk.fails(
                FailureKind.FAILED,
                "No such device or address (os error 6)",
                () -> fileSystem.writeFile(host(pipe), new byte[1], null));
    }

    @Test
    @Spec({"F10", "F15"})
    void writeWaitsForItsReader() throws Exception {
        Path pipe = Disk.fifo(root.resolve("p"));
        byte[] data = new byte[3_000_000];
        new Random(1).nextBytes(data);
        Path file = Files.write(root.resolve("f"), data);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            for (boolean copy : new boolean[] {false, true}) {
                Future<byte[]> received = threads.submit(() -> {
                    try (InputStream in = Files.newInputStream(pipe)) {
                        return in.readAllBytes();
                    }
                });
                // ENXIO until the reader has opened its end.
                await().ignoreExceptions().until(() -> {
                    if (copy) {
                        fileSystem.copy(host(file), host(pipe), false, null);
                    } else {
                        fileSystem.writeFile(host(pipe), data, null);
                    }
                    return true;
                });
                assertThat(received.get()).isEqualTo(data);
            }
        }
    }

    private void readWhatIsWritten(Path pipe, int size) throws Exception {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<byte[]> read = threads.submit(() -> Disk.read(fileSystem, pipe));
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(data);
            }
            assertThat(read.get()).isEqualTo(data);
        }
    }
}
