package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** What clients do with files. Everything is compared with what the file system itself says. */
final class FileActivities {
    private FileActivities() {}

    static List<Activity> all() {
        return List.of(
                new Activity("files", 10, actor -> file(actor, 300_000)),
                new Activity("large file", 1, actor -> file(actor, 40 << 20)),
                new Activity("trees of files", 5, FileActivities::tree),
                new Activity("metadata, 64 in flight", 5, FileActivities::metadata));
    }

    private static String params(Client client, Path path, String more) {
        return "{\"path\":" + client.path(path.toString()) + more + ",\"sandbox\":null}";
    }

    private static byte[] content(Actor actor, int most) {
        byte[] content = new byte[actor.random().nextInt(most)];
        new Random(actor.random().nextLong()).nextBytes(content);
        return content;
    }

    private static void write(Client client, Path file, byte[] content) throws IOException {
        client.call(
                "fs/writeFile",
                params(client, file, ",\"dataBase64\":\"" + Base64.getEncoder().encodeToString(content) + "\""));
    }

    private static byte[] read(Client client, Path file) throws IOException {
        return Base64.getDecoder()
                .decode(client.call("fs/readFile", params(client, file, ""))
                        .get("dataBase64")
                        .text());
    }

    private static void same(String what, byte[] expected, byte[] got) throws IOException {
        int at = Arrays.mismatch(expected, got);
        if (at >= 0) {
            throw new IOException(what + " differs at byte " + at + ": " + expected.length + " bytes were expected, "
                    + got.length + " came");
        }
    }

    private static void file(Actor actor, int most) throws Exception {
        Client client = actor.client();
        Path file = actor.fresh();
        Path copy = actor.fresh();
        byte[] content = content(actor, most);
        write(client, file, content);
        same("what was written", content, Files.readAllBytes(file));
        same("what was read", content, read(client, file));
        client.call(
                "fs/copy",
                "{\"sourcePath\":" + client.path(file.toString()) + ",\"destinationPath\":"
                        + client.path(copy.toString()) + ",\"recursive\":false,\"sandbox\":null}");
        same("the copy", content, Files.readAllBytes(copy));
        byte[] shorter = content(actor, 100);
        write(client, copy, shorter);
        same("what was overwritten", shorter, read(client, copy));
        for (Path path : List.of(file, copy)) {
            client.call("fs/remove", params(client, path, ",\"recursive\":false,\"force\":false"));
            if (Files.exists(path)) {
                throw new IOException("a removed file is there");
            }
        }
        requireMissing(client, file);
    }

    private static void requireMissing(Client client, Path path) throws IOException {
        try {
            client.call("fs/getMetadata", params(client, path, ""));
            throw new IOException("a removed file has metadata");
        } catch (Refused expected) {
            if (expected.code() != -32004) {
                throw expected;
            }
        }
    }

    private static void tree(Actor actor) throws Exception {
        Client client = actor.client();
        Path root = actor.fresh();
        Path copy = actor.fresh();
        Path deep = root.resolve("a/b/c");
        client.call("fs/createDirectory", params(client, deep, ",\"recursive\":true"));
        Set<String> names = new TreeSet<>();
        List<CompletableFuture<Json>> writes = new ArrayList<>();
        for (int i = actor.random().nextInt(60); i >= 0; i--) {
            String name = "file " + i + (i % 3 == 0 ? " é" : "");
            names.add(name);
            String text = Base64.getEncoder().encodeToString(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            writes.add(client.request(
                    "fs/writeFile", params(client, deep.resolve(name), ",\"dataBase64\":\"" + text + "\"")));
        }
        for (CompletableFuture<Json> write : writes) {
            Client.await("fs/writeFile", write);
        }
        client.call(
                "fs/copy",
                "{\"sourcePath\":" + client.path(root.toString()) + ",\"destinationPath\":"
                        + client.path(copy.toString()) + ",\"recursive\":true,\"sandbox\":null}");
        Path copied = copy.resolve("a/b/c");
        Set<String> listed = new TreeSet<>();
        for (Json entry : client.call("fs/readDirectory", params(client, copied, ""))
                .get("entries")
                .items()) {
            listed.add(entry.get("fileName").text());
        }
        if (!listed.equals(names)) {
            throw new IOException("the copy of a folder has " + listed + " instead of " + names);
        }
        for (String name : names) {
            if (!Files.readString(copied.resolve(name)).equals(name)) {
                throw new IOException("the copy of \"" + name + "\" differs");
            }
        }
        for (Path path : List.of(root, copy)) {
            client.call("fs/remove", params(client, path, ",\"recursive\":true,\"force\":false"));
            requireMissing(client, path);
        }
    }

    private static void metadata(Actor actor) throws Exception {
        Client client = actor.client();
        Path file = actor.fresh();
        Files.createFile(file);
        List<CompletableFuture<Json>> requests = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            requests.add(client.request("fs/getMetadata", params(client, file, "")));
        }
        for (CompletableFuture<Json> request : requests) {
            if (!Client.await("fs/getMetadata", request).get("isFile").truth()) {
                throw new IOException("a file is none");
            }
        }
        Files.delete(file);
    }
}
