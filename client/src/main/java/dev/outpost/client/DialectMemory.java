package dev.outpost.client;

import dev.outpost.protocol.path.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * Which form of paths a server takes. A server that describes itself in the handshake takes URIs; of another one it is
 * known when it has accepted or refused the first path. Belongs to the target of a connection and outlives each client
 * of it. Safe from any thread.
 */
public final class DialectMemory {
    private @Nullable Dialect known;
    private boolean fromHandshake;

    /** Nothing is known yet. */
    public DialectMemory() {}

    /** The dialect, or null while it is not known. */
    public synchronized @Nullable Dialect known() {
        return known;
    }

    /** The dialect to try next. */
    public synchronized Dialect current() {
        return known == null ? Dialect.PATHS : known;
    }

    /** A path was accepted in this dialect, or refused in the other one. */
    public synchronized void learn(Dialect dialect) {
        if (known != dialect) {
            known = dialect;
            fromHandshake = false;
        }
    }

    /** A handshake is over. Where a server described itself before and now one does not, it is another server. */
    synchronized void handshake(boolean describesItself) {
        if (describesItself) {
            known = Dialect.URIS;
            fromHandshake = true;
        } else if (fromHandshake) {
            known = null;
            fromHandshake = false;
        }
    }
}
