package dev.outpost.environment;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contracts over WebSockets on a Unix socket. */
class UnixSocketContractTest extends SocketContract {
    @TempDir
    private static Path directory;

    @Override
    SocketAddress address() {
        return UnixDomainSocketAddress.of(directory.resolve("socket"));
    }
}
