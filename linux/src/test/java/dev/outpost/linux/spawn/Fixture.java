package dev.outpost.linux.spawn;

import dev.outpost.linux.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What several tests need to see or to arrange in this process. */
public final class Fixture {
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private Fixture() {}

    /** The open descriptors of a process, with what each refers to. */
    public static Map<Integer, String> openFiles(long pid) {
        Path directory = Path.of("/proc/" + pid + "/fd");
        Map<Integer, String> files = new TreeMap<>();
        try (var listing = Files.newDirectoryStream(directory)) {
            for (Path entry : listing) {
                try {
                    files.put(
                            Integer.parseInt(entry.getFileName().toString()),
                            Files.readSymbolicLink(entry).toString());
                } catch (IOException closedMeanwhile) {
                    // By another thread.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The one that listed them.
        files.values().remove(directory.toString());
        return files;
    }

    public static Map<Integer, String> openFiles() {
        return openFiles(ProcessHandle.current().pid());
    }

    /** Runs it on a platform thread of its own, which may be changed at will: it ends right after. */
    public static <T> T onOwnThread(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = Thread.ofPlatform().start(future);
        thread.join();
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Runs it on a thread for which permissions count, even if these tests run as root. */
    public static <T> T withoutCapabilities(Callable<T> task) throws Exception {
        return onOwnThread(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment header = arena.allocate(ValueLayout.JAVA_INT, 2);
                header.setAtIndex(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
                MemorySegment none = arena.allocate(ValueLayout.JAVA_INT, 6);
                long result = Libc.function("capset").callOrErrno(header.address(), none.address());
                if (result != 0) {
                    throw new IllegalStateException("capset: " + result);
                }
            }
            return task.call();
        });
    }
}
