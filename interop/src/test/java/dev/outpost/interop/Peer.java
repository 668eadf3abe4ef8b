package dev.outpost.interop;

import dev.outpost.testkit.ServerLaunch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A version of the real program, client and server in one. */
enum Peer {
    V131("codex-131", "0.131.0"),
    V169("codex-169", "0.169.0");

    private final String packageAlias;
    private final String version;

    Peer(String packageAlias, String version) {
        this.packageAlias = packageAlias;
        this.version = version;
    }

    String packageAlias() {
        return packageAlias;
    }

    String version() {
        return version;
    }

    /** The program; downloaded if it isn't there yet. */
    Path program() {
        return PeerPrograms.find(this);
    }

    /** Its own exec-server. */
    ServerLaunch server(Map<String, String> environment, Path directory) {
        return new ServerLaunch(List.of(program().toString(), "exec-server"), environment, directory);
    }

    @Override
    public String toString() {
        return version;
    }
}
