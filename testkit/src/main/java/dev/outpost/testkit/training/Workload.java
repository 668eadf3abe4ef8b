package dev.outpost.testkit.training;

import dev.outpost.testkit.wire.RpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an agent does on one connection: commands in pipes and terminals, their input and output, files; the short things
 * often, because a JVM counts what is called often. For one thread.
 */
public final class Workload {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration END = Duration.ofSeconds(30);
    private static final int SHORT_COMMANDS = 40;
    private static final int METADATA_CALLS = 300;
    /** So much that what is done for each chunk counts as hot. */
    private static final String OUTPUT = "head -c 134217728 /dev/zero; seq 20000";

    private static final int INPUT_BLOCKS = 64;

    private static final int INPUT_BLOCK = 256 * 1024;
    private static final int LARGE_FILES = 30;

    private final RpcClient client;
    private final Path directory;
    private final boolean uris;
    private int processes;

    /**
     * @param client a new connection; its owner closes it
     * @param directory an empty directory for files; used up
     * @param uris whether paths are sent as {@code file:} URIs, like newer clients do
     */
    public Workload(RpcClient client, Path directory, boolean uris) {
        this.client = client;
        this.directory = directory;
        this.uris = uris;
    }

    /**
     * Does all of it.
     *
     * @throws IOException if the server answers with an error or not at all
     */
    public void run() throws IOException, InterruptedException {
        client.handshake();
        client.call("environment/info", JSON.createObjectNode());
        for (int i = 0; i < SHORT_COMMANDS; i++) {
            awaitClosed(start(i % 4 == 3, false, "true"));
        }
        awaitClosed(start(false, false, OUTPUT));
        awaitClosed(start(true, false, "stty size; ls -l /"));
        converse(false);
        converse(true);
        input();
        files();
        sandboxed();
    }

    private String start(boolean tty, boolean stdin, String script) throws IOException, InterruptedException {
        ObjectNode params = command(tty, stdin, script);
        client.call("process/start", params);
        return params.path("processId").asString();
    }

    private ObjectNode command(boolean tty, boolean stdin, String script) {
        ObjectNode params = JSON.createObjectNode()
                .put("processId", "training-" + ++processes)
                .put("cwd", path(directory))
                .put("tty", tty)
                .put("pipeStdin", stdin);
        List.of("/bin/sh", "-c", script).forEach(params.putArray("argv")::add);
        params.putObject("env").put("PATH", "/usr/bin:/bin");
        return params;
    }

    /** Under a profile as agents have it: everything may be read, and one directory be written. */
    private void sandboxed() throws IOException, InterruptedException {
        Path file = directory.resolve("sandboxed");
        String content = Base64.getEncoder().encodeToString(new byte[4096]);
        for (int i = 0; i < SHORT_COMMANDS; i++) {
            call("fs/writeFile", inSandbox(file(file)).put("dataBase64", content));
            call("fs/readFile", inSandbox(file(file)));
        }
        call("fs/remove", file(file));
        for (int i = 0; uris && i < SHORT_COMMANDS; i++) {
            ObjectNode params = inSandbox(command(false, false, "true"));
            try {
                client.call("process/start", params);
            } catch (IOException refused) {
                return; // Nothing here can put processes into sandboxes, or the server is gone, as its end will tell.
            }
            awaitClosed(params.path("processId").asString());
        }
    }

    private ObjectNode inSandbox(ObjectNode params) {
        ObjectNode sandbox = params.putObject("sandbox").put("windowsSandboxLevel", "disabled");
        ObjectNode permissions =
                sandbox.putObject("permissions").put("type", "managed").put("network", "restricted");
        ArrayNode entries =
                permissions.putObject("file_system").put("type", "restricted").putArray("entries");
        ObjectNode root = entries.addObject().put("access", "read");
        root.putObject("path").put("type", "special").putObject("value").put("kind", "root");
        ObjectNode workspace = entries.addObject().put("access", "write");
        workspace.putObject("path").put("type", "path").put("path", path(directory));
        return params;
    }

    /** A process that is written to, read from with a long poll, and terminated. */
    private void converse(boolean tty) throws IOException, InterruptedException {
        String id = start(tty, true, "exec cat");
        for (int i = 0; i < SHORT_COMMANDS; i++) {
            String text = Base64.getEncoder().encodeToString(("line " + i + "\n").getBytes());
            client.call("process/write", process(id).put("chunk", text).put("writeId", "w" + i));
            client.call("process/read", process(id).put("afterSeq", i).put("waitMs", 1000));
        }
        client.call("process/terminate", process(id));
        awaitClosed(id);
    }

    /** Much input, as from a file. */
    private void input() throws IOException, InterruptedException {
        String id = start(false, true, "exec cat > /dev/null");
        String block = Base64.getEncoder().encodeToString(new byte[INPUT_BLOCK]);
        for (int i = 0; i < INPUT_BLOCKS; i++) {
            call("process/write", process(id).put("chunk", block).put("writeId", "i" + i));
        }
        client.call("process/terminate", process(id));
        awaitClosed(id);
    }

    private void files() throws IOException, InterruptedException {
        Path nested = directory.resolve("one/two");
        Path file = nested.resolve("file");
        call("fs/createDirectory", file(nested).put("recursive", true));
        for (int bytes : new int[] {10, 4096, 1 << 20, 2 << 20}) {
            String content = Base64.getEncoder().encodeToString(new byte[bytes]);
            for (int i = 0; i < LARGE_FILES; i++) {
                call("fs/writeFile", file(file).put("dataBase64", content));
                call("fs/readFile", file(file));
            }
        }
        for (int i = 0; i < METADATA_CALLS; i++) {
            call("fs/getMetadata", file(file));
        }
        call("fs/readDirectory", file(nested));
        call(
                "fs/copy",
                JSON.createObjectNode()
                        .put("sourcePath", path(directory.resolve("one")))
                        .put("destinationPath", path(directory.resolve("copy")))
                        .put("recursive", true));
        for (String name : List.of("one", "copy")) {
            call("fs/remove", file(directory.resolve(name)).put("recursive", true));
        }
    }

    private ObjectNode process(String id) {
        return JSON.createObjectNode().put("processId", id);
    }

    private ObjectNode file(Path file) {
        return JSON.createObjectNode().put("path", path(file));
    }

    private String path(Path file) {
        return uris ? file.toUri().toString() : file.toString();
    }

    /** A request outside of which nothing comes, so that large answers needn't be kept. */
    private void call(String method, ObjectNode params) throws IOException, InterruptedException {
        client.call(method, params);
        client.forget();
    }

    private void awaitClosed(String id) throws IOException, InterruptedException {
        var closed = client.await(
                message -> message.path("method").asString("").equals("process/closed")
                        && message.path("params").path("processId").asString("").equals(id),
                END);
        if (closed == null) {
            throw new IOException(id + " was not closed");
        }
        client.forget();
    }
}
