package dev.outpost.linux.file;

import static dev.outpost.linux.file.DirectoryTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class OpenFileTest {
    private static final byte[] BUFFER = new byte[10];

    @TempDir
    Path root;

    @Test
    void readsWritesCutsAndCopies() throws Exception {
        byte[] path = bytes(root.resolve("f").toString());
        byte[] large = new byte[100_000];
        try (OpenFile file = Directory.host().openForWriting(path, 0600)) {
            assertThat(file.write(large, 0, large.length)).isEqualTo(65_536);
            file.setPermissions(0777);
            file.truncate(3);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("f"))))
                .isEqualTo("rwxrwxrwx");
        try (OpenFile file = Directory.host().openForReading(path, Links.FOLLOW);
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(8);
            memory.fill((byte) 9);
            assertThat(file.read(memory, 4, 4)).isEqualTo(3);
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).containsExactly(9, 9, 9, 9, 0, 0, 0, 9);
            assertThat(file.read(BUFFER, 0, 10)).isZero();
        }
        try (OpenFile from = Directory.host().openForReading(path, Links.FOLLOW);
                OpenFile to =
                        Directory.host().openForWriting(bytes(root.resolve("g").toString()), 0600)) {
            assertThat(from.copyTo(to, 1000)).isEqualTo(3);
            assertThat(from.copyTo(to, 1000)).isZero();
        }
        assertThat(root.resolve("g")).hasSize(3);
    }

    @Test
    void pipeIsReadableOnceItsWriterWroteOrLeft() throws Exception {
        Path pipe = fifo();
        try (OpenFile file = Directory.host().openForReading(bytes(pipe.toString()), Links.FOLLOW)) {
            assertThat(file.awaitReadable(0)).isFalse();
            // Opened for both, so that this end does not wait for the other.
            try (RandomAccessFile writer = new RandomAccessFile(pipe.toFile(), "rw")) {
                assertThat(file.awaitReadable(0)).isFalse();
                assertThat(file.read(BUFFER, 0, 10)).isEqualTo(OpenFile.WOULD_BLOCK);
                writer.write(1);
                assertThat(file.awaitReadable(0)).isTrue();
                assertThat(file.read(BUFFER, 0, 10)).isEqualTo(1);
                assertThat(file.awaitReadable(0)).isFalse();
            }
            assertThat(file.awaitReadable(0)).isTrue();
            assertThat(file.read(BUFFER, 0, 10)).isZero();
        }
    }

    @Test
    void fullPipeIsNotWritable() throws Exception {
        Path pipe = fifo();
        try (RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw");
                OpenFile file = Directory.host().openForWriting(bytes(pipe.toString()), 0600)) {
            byte[] data = new byte[65_536];
            assertThat(file.awaitWritable(0)).isTrue();
            while (file.write(data, 0, data.length) != OpenFile.WOULD_BLOCK) {
                assertThat(file.awaitWritable(0)).isIn(true, false);
            }
            assertThat(file.awaitWritable(0)).isFalse();
            reader.readFully(data);
            assertThat(file.awaitWritable(0)).isTrue();
        }
    }

    @Test
    @Timeout(30)
    void waitsForALeaseToBeGivenUp() throws Exception {
        Path path = Files.writeString(root.resolve("f"), "x");
        CompletableFuture<Long> opened = new CompletableFuture<>();
        Lease lease = new Lease(path);
        try {
            Thread.ofPlatform().start(() -> {
                try (OpenFile file = Directory.host().openForWriting(bytes(path.toString()), 0600)) {
                    opened.complete(file.status().size());
                } catch (LinuxException e) {
                    opened.completeExceptionally(e);
                }
            });
            await().until(() ->
                    opened.isDone() || Files.readString(Path.of("/proc/locks")).contains("BREAKING"));
            assertThat(opened).isNotDone();
        } finally {
            lease.giveUp();
        }
        assertThat(opened.get()).isEqualTo(1);
    }

    private Path fifo() throws Exception {
        Path pipe = root.resolve("p");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        return pipe;
    }

    /** Somebody's wish to be asked before others write to a file. */
    private static final class Lease {
        private static final Libc.Function OPEN = Libc.function("open");
        private static final Libc.Function FCNTL = Libc.function("fcntl");
        private static final Libc.Function CLOSE = Libc.function("close");
        private static final int F_SETSIG = 10;
        private static final int F_SETLEASE = 1024;
        private static final int F_RDLCK = 0;
        private static final int F_UNLCK = 2;

        /** Ignored unless somebody listens, unlike the SIGIO that tells of leases otherwise. */
        private static final int SIGURG = 23;

        private final long fd;

        Lease(Path path) {
            try (Arena arena = Arena.ofConfined()) {
                fd = OPEN.callOrErrno(arena.allocateFrom(path.toString()).address(), OpenFlags.ALWAYS);
            }
            assertThat(FCNTL.callOrErrno(fd, F_SETSIG, SIGURG)).isZero();
            assertThat(FCNTL.callOrErrno(fd, F_SETLEASE, F_RDLCK)).isZero();
        }

        void giveUp() {
            FCNTL.callOrErrno(fd, F_SETLEASE, F_UNLCK);
            CLOSE.callOrErrno(fd);
        }
    }
}
