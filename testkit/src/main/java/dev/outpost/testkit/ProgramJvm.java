package dev.outpost.testkit;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How tests start programs of this build, each in a JVM of its own: from the class path of this JVM, less what only tests
 * bring, and with the JVM options that every launch has. Most of those programs live for a second only. So they have a
 * {@link StartUpArchive}, which the first of them waits for, and they do without the optimizing compiler.
 */
public final class ProgramJvm {
    private ProgramJvm() {}

    /**
     * The command line up to the class path: the main class follows. Class path and archive are arguments of their own,
     * {@code -cp PATH} and {@code -XX:SharedArchiveFile=FILE}, for who changes them.
     */
    public static List<String> shortLived() {
        List<String> command = new ArrayList<>(longLived());
        command.add(1, "-XX:TieredStopAtLevel=1");
        return command;
    }

    /** The same for programs that work hard: with the optimizing compiler. */
    public static List<String> longLived() {
        List<String> command = new ArrayList<>(java());
        command.addAll(Prepared.OPTIONS);
        return command;
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                Objects.requireNonNull(System.getProperty("outpost.jvm")).split(" ")));
        command.add("-XX:+UseSerialGC");
        return command;
    }

    /** Made by the first start of this JVM; the others wait for it. */
    private static final class Prepared {
        static final List<String> OPTIONS = options();

        private static List<String> options() {
            List<Path> all = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> Path.of(entry).toAbsolutePath())
                    .filter(Files::exists)
                    .toList();
            // Netty would use SLF4J.
            List<Path> classPath = all.stream()
                    .filter(entry -> !entry.endsWith("test-classes")
                            && !entry.getFileName().toString().contains("slf4j"))
                    .toList();
            Path directory = all.stream().filter(Files::isDirectory).findFirst().orElse(null);
            if (directory == null) {
                return classPath(classPath);
            }
            try {
                var archive = StartUpArchive.of(java(), classPath, directory.resolveSibling("program-start"));
                List<String> options = new ArrayList<>();
                // A JVM that can't use it says so on stdout, which is the programs' own.
                options.addAll(List.of("-XX:SharedArchiveFile=" + archive.file(), "-Xlog:cds*=off,aot*=off"));
                options.addAll(classPath(archive.jars()));
                return options;
            } catch (IOException e) {
                System.err.println("no start-up archive, so programs take twice as long to start: " + e);
                return classPath(classPath);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return classPath(classPath);
            }
        }

        private static List<String> classPath(List<Path> entries) {
            return List.of("-cp", entries.stream().map(Path::toString).collect(joining(File.pathSeparator)));
        }
    }
}
