package dev.outpost.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.outpost.testkit.wire.RpcClient;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Classes of Outpost as the JVM has them in memory, with which it starts in half of the time (class data sharing). The JVM
 * wants them to come from jars, so directories of classes are put into one. Kept in a folder of its own for each state
 * of the class path, as long as somebody has used it within a day.
 *
 * @param jars the class path for which it holds
 * @param file the archive
 */
record StartUpArchive(List<Path> jars, Path file) {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final long END_SECONDS = 60;

    /**
     * Finds or makes it. Other JVMs that do the same at the same time wait.
     *
     * @param java the program and the options of every start
     * @param classPath what programs are started from; everything in it exists
     * @param folder where archives are kept
     * @throws IOException if it couldn't be made; programs start without then
     */
    static StartUpArchive of(List<String> java, List<Path> classPath, Path folder)
            throws IOException, InterruptedException {
        Path home = folder.resolve(state(java, classPath));
        Path classes = home.resolve("classes.jar");
        List<Path> jars = classPath.stream()
                .map(entry -> Files.isDirectory(entry) ? classes : entry)
                .distinct()
                .toList();
        StartUpArchive archive = new StartUpArchive(jars, home.resolve("archive.jsa"));
        Files.createDirectories(home);
        try (FileChannel lock =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            Files.setLastModifiedTime(home, FileTime.from(Instant.now()));
            if (!Files.exists(archive.file())) {
                deleteUnused(folder);
                writeJar(classPath.stream().filter(Files::isDirectory).toList(), classes);
                archive.make(java, home);
            }
        }
        return archive;
    }

    private void make(List<String> java, Path home) throws IOException, InterruptedException {
        Path list = Files.write(home.resolve("classes"), usedClasses(java, home));
        Path part = home.resolve("archive.part");
        List<String> dump = command(
                java, List.of("-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + part));
        run(dump, home);
        // Whole or not there.
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The class path with the JVM's options in front. */
    private List<String> command(List<String> java, List<String> options) {
        List<String> command = new ArrayList<>(java);
        command.addAll(options);
        command.add("-cp");
        command.add(jars.stream().map(Path::toString).collect(joining(File.pathSeparator)));
        return command;
    }

    /** What a server for each transport and a command elsewhere load, in the JVM's own format. */
    private Set<String> usedClasses(List<String> java, Path home) throws IOException, InterruptedException {
        Path stdio = home.resolve("stdio");
        Path webSocket = home.resolve("websocket");
        Path client = home.resolve("client");
        try (ServerProcess server = server(java, stdio, home).stdio()) {
            RpcClient rpc = new RpcClient(server.stdio());
            rpc.handshake();
            ObjectNode start = JsonNodeFactory.instance.objectNode();
            start.put("processId", "p").put("cwd", "/").put("tty", false).putObject("env");
            start.putArray("argv").add("/bin/true");
            rpc.call("process/start", start);
            server.stdio().endInput();
            server.awaitExit();
        }
        try (ServerProcess server = server(java, webSocket, home).webSocket()) {
            List<String> exec = command(java, List.of("-XX:DumpLoadedClassList=" + client));
            exec.addAll(List.of("dev.outpost.cli.Outpost", "exec", "--ignore-user-config"));
            exec.addAll(List.of("-e", server.url().toString(), "--", "true"));
            run(exec, home);
        }
        Set<String> classes = new LinkedHashSet<>();
        for (Path list : List.of(stdio, webSocket, client)) {
            try (Stream<String> lines = Files.lines(list)) {
                // Each list numbers its classes, which matters only where two have the same name.
                lines.filter(line -> !line.startsWith("#"))
                        .map(line -> line.replaceFirst(" id: [0-9]+$", ""))
                        .forEach(classes::add);
            }
        }
        return classes;
    }

    private ServerLaunch server(List<String> java, Path list, Path home) {
        List<String> command = command(java, List.of("-XX:DumpLoadedClassList=" + list));
        command.addAll(List.of("dev.outpost.cli.Outpost", "exec-server"));
        return new ServerLaunch(command, Map.of("PATH", "/usr/bin:/bin", "HOME", home.toString()), home);
    }

    private static void run(List<String> command, Path home) throws IOException, InterruptedException {
        Path output = home.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed\n" + Files.readString(output));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** A name that changes with the JVM, its options, and the files as the JVM tells them apart: by time and size. */
    private static String state(List<String> java, List<Path> classPath) throws IOException {
        StringBuilder state = new StringBuilder(Runtime.version() + " " + java);
        for (Path entry : classPath) {
            for (Path file : files(entry)) {
                state.append('\n').append(file).append(' ').append(Files.size(file));
                state.append(' ').append(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
            }
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(state.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Of files that several directories have, that of the first. */
    private static void writeJar(List<Path> directories, Path jar) throws IOException {
        Set<String> names = new HashSet<>();
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path directory : directories) {
                for (Path file : files(directory)) {
                    String name = directory.relativize(file).toString();
                    if (names.add(name)) {
                        entries.putNextEntry(new ZipEntry(name));
                        Files.copy(file, entries);
                        entries.closeEntry();
                    }
                }
            }
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void deleteUnused(Path folder) throws IOException {
        Instant oldest = Instant.now().minus(KEPT);
        List<Path> unused;
        try (Stream<Path> homes = Files.list(folder).filter(Files::isDirectory)) {
            unused = homes.toList();
        }
        for (Path home : unused) {
            if (Files.getLastModifiedTime(home).toInstant().isBefore(oldest)) {
                FileTree.delete(home);
            }
        }
    }
}
