package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a process holds of the operating system.
 *
 * @param descriptors open for others, by kind: sockets, pipes, terminals, processes. Files are left out, because a JVM
 *     opens those as it needs its classes
 * @param threads of all kinds
 * @param children that it hasn't reaped, zombies too
 * @param residentKiB its resident memory
 */
record Footprint(Map<String, Integer> descriptors, int threads, int children, long residentKiB) {
    /** Looks at a running process. */
    static Footprint of(long pid) throws IOException {
        return new Footprint(
                descriptors(pid),
                (int) status(pid, "Threads"),
                (int) ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::children)
                        .count(),
                status(pid, "VmRSS"));
    }

    /** The largest that its resident memory has been, in KiB. */
    static long peakKiB(long pid) throws IOException {
        return status(pid, "VmHWM");
    }

    int descriptorCount() {
        return descriptors.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static Map<String, Integer> descriptors(long pid) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path link : links) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    String kind = target.startsWith("socket:")
                            ? "sockets"
                            : target.startsWith("pipe:")
                                    ? "pipes"
                                    : target.startsWith("/dev/pt")
                                            ? "terminals"
                                            : target.contains("pidfd") ? "pidfds" : "";
                    if (!kind.isEmpty()) {
                        counts.merge(kind, 1, Integer::sum);
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    // Not held any more.
                }
            }
        }
        return counts;
    }

    private static long status(long pid, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + name + " in /proc/" + pid + "/status");
    }

    @Override
    public String toString() {
        return descriptors + ", " + threads + " threads, " + children + " children, " + residentKiB / 1024 + " MiB";
    }
}
