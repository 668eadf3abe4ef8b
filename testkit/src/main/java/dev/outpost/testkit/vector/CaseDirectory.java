package dev.outpost.testkit.vector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The files of one case: made before it, looked at after it. */
final class CaseDirectory {
    private final Path root;

    /** Creates the root, which must not exist, and in it what {@code setup} says. */
    CaseDirectory(Path root, JsonNode setup) throws IOException, InterruptedException {
        this.root = Files.createDirectory(root);
        if (setup.path("files").propertyStream().anyMatch(CaseDirectory::isDivided)) {
            Files.createDirectories(root.resolve("allowed"));
            Files.createDirectories(root.resolve("outside"));
        }
        for (JsonNode directory : setup.path("dirs")) {
            Files.createDirectories(root.resolve(directory.asString()));
        }
        for (Map.Entry<String, JsonNode> file : setup.path("files").properties()) {
            Files.writeString(withParents(file.getKey()), file.getValue().asString());
        }
        for (Map.Entry<String, JsonNode> link : setup.path("symlinks").properties()) {
            Files.createSymbolicLink(
                    withParents(link.getKey()), Path.of(link.getValue().asString()));
        }
        for (Map.Entry<String, JsonNode> link : setup.path("hardlinks").properties()) {
            Files.createLink(
                    withParents(link.getKey()), root.resolve(link.getValue().asString()));
        }
        for (JsonNode fifo : setup.path("fifos")) {
            Process mkfifo = new ProcessBuilder(
                            "mkfifo", withParents(fifo.asString()).toString())
                    .inheritIO()
                    .start();
            if (mkfifo.waitFor() != 0) {
                throw new IOException("mkfifo failed for " + fifo);
            }
        }
    }

    private static boolean isDivided(Map.Entry<String, JsonNode> file) {
        return file.getKey().startsWith("allowed/") || file.getKey().startsWith("outside/");
    }

    private Path withParents(String name) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        return path;
    }

    /** Compares with {@code verify.files} and says what is not as it should be. */
    List<String> differences(JsonNode files) throws IOException {
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            String actual = describe(root.resolve(file.getKey()));
            String expected = describe(file.getValue());
            if (!actual.equals(expected)) {
                differences.add("%s is %s, expected: %s".formatted(file.getKey(), actual, expected));
            }
        }
        return differences;
    }

    private static String describe(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "symlink to " + Files.readSymbolicLink(path);
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return "missing";
        }
        if (Files.isDirectory(path)) {
            return "directory";
        }
        return Files.isRegularFile(path) ? "file with content " + Files.readString(path) : "special file";
    }

    private static String describe(JsonNode expected) {
        if (expected.has("symlink")) {
            return "symlink to " + expected.get("symlink").asString();
        }
        if (expected.isNull()) {
            return "missing";
        }
        return expected.has("dir") ? "directory" : "file with content " + expected.asString();
    }
}
