package dev.outpost.interop;

import dev.outpost.testkit.ServerLaunch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Who meets whom.
 *
 * @param client the client
 * @param ownServer whether the server is the client's own, which shows that the scenario itself is right, or this build
 */
record Pairing(Peer client, boolean ownServer) {
    /** Each client with this build and with its own server. */
    static List<Pairing> all() {
        return List.of(
                new Pairing(Peer.V131, false),
                new Pairing(Peer.V169, false),
                new Pairing(Peer.V131, true),
                new Pairing(Peer.V169, true));
    }

    /** Each client with this build. */
    static List<Pairing> withOutpost() {
        return all().stream().filter(pairing -> !pairing.ownServer()).toList();
    }

    ServerLaunch server(Map<String, String> environment, Path directory) {
        return ownServer ? client.server(environment, directory) : ServerLaunch.outpost(environment, directory);
    }

    @Override
    public String toString() {
        return "client %s, server %s".formatted(client, ownServer ? "its own" : "Outpost");
    }
}
