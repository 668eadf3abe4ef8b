package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a server holds at a moment when nobody wants anything of it.
 *
 * @param heapBytes bytes of live objects, after a full collection
 * @param residentKib memory of the process
 * @param threads of all kinds, the JVM's own included
 * @param descriptors sockets, pipes and the like
 */
record Footprint(long heapBytes, long residentKib, long threads, long descriptors) {
    /** Live objects may grow by so much: what the JDK keeps once something happened for the first time. */
    private static final long HEAP_TOLERANCE_BYTES = 2L << 20;
    /** The process may grow by so much: compiled code, and parts of the heap that were not used before. */
    private static final long RESIDENT_TOLERANCE_KIB = 48 << 10;
    /** The JVM's own threads come and go: compilers, attaching. */
    private static final long THREAD_TOLERANCE = 4;

    /** Measures; the server's JVM collects garbage for it. */
    static Footprint of(ServerProcess server) throws IOException, InterruptedException {
        long pid = server.handle().pid();
        return new Footprint(liveBytes(pid), residentKib(pid), status(pid, "Threads:"), server.descriptors());
    }

    /** Memory of a process. */
    static long residentKib(long pid) throws IOException {
        return status(pid, "VmRSS:");
    }

    /** Fails if more is held than in an earlier moment of the same kind. */
    void assertNoGrowthSince(Footprint before) {
        assertThat(heapBytes).as("live heap after %s", before).isLessThan(before.heapBytes + HEAP_TOLERANCE_BYTES);
        assertThat(residentKib).as("memory after %s", before).isLessThan(before.residentKib + RESIDENT_TOLERANCE_KIB);
        assertThat(threads).as("threads after %s", before).isLessThanOrEqualTo(before.threads + THREAD_TOLERANCE);
        assertThat(descriptors).as("descriptors after %s", before).isLessThanOrEqualTo(before.descriptors);
    }

    /** The histogram ends with {@code Total INSTANCES BYTES}. */
    private static long liveBytes(long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
        assertThat(jcmd.waitFor()).as(histogram).isZero();
        String total = histogram.substring(histogram.lastIndexOf("Total")).strip();
        return Long.parseLong(total.split(" +")[2]);
    }

    private static long status(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }
}
