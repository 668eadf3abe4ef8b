package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Finds processes by what is in their environment, which everything that they start inherits. */
final class Survivors {
    private Survivors() {}

    /**
     * A process.
     *
     * @param command its arguments, for messages
     */
    record Found(int pid, int group, int session, String command) {
        @Override
        public String toString() {
            return pid + " (group " + group + ", session " + session + ") " + command;
        }
    }

    /** Those that run and have this entry {@code NAME=value}; zombies have nothing left. */
    static List<Found> with(String entry) throws IOException {
        List<Found> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String environment = '\0' + Files.readString(process.resolve("environ"), ISO_8859_1);
                    if (environment.contains('\0' + entry + '\0')) {
                        found.add(describe(process));
                    }
                } catch (IOException | RuntimeException goneOrForeign) {
                    // Not one of ours any more, or never.
                }
            }
        }
        return found;
    }

    private static Found describe(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"), ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        String command =
                Files.readString(process.resolve("cmdline"), ISO_8859_1).replace('\0', ' ');
        return new Found(
                Integer.parseInt(process.getFileName().toString()),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[3]),
                command.strip());
    }

    /** Waits until there is none. */
    static void awaitNone(String entry, int seconds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Found> left = with(entry);
        while (!left.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("still running after " + seconds + " s: " + left);
            }
            Thread.sleep(50);
            left = with(entry);
        }
    }
}
