package dev.outpost.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server to measure.
 *
 * @param name short, for the table's head
 * @param ours whether it is Outpost; every other one is a peer
 * @param webSocket the command that serves on a WebSocket and prints its URL
 * @param stdio the command that serves on stdin and stdout
 * @param uris whether paths are {@code file:} URIs (0.169) or plain (0.131)
 */
record Variant(String name, boolean ours, List<String> webSocket, List<String> stdio, boolean uris) {
    /** The same server, which finds programs in one folder only. */
    Variant withPath(Path programs) {
        List<String> first = List.of("/usr/bin/env", "PATH=" + programs);
        return new Variant(name, ours, after(first, webSocket), after(first, stdio), uris);
    }

    private static List<String> after(List<String> first, List<String> command) {
        return Stream.concat(first.stream(), command.stream()).toList();
    }

    /** A path as this server wants it. */
    String path(String path) {
        return uris ? "file://" + path : path;
    }
}
