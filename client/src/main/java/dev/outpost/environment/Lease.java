package dev.outpost.environment;

import java.lang.ref.Cleaner;

/**
 * A connection that lives as long as somebody holds this: the environment, or a process handle taken from it (spec E16).
 * When the last of them is gone it is closed, without anybody having to say so. What happens on the connection's threads
 * must therefore never lead here.
 */
final class Lease {
    private static final Cleaner CLEANER = Cleaner.create();

    private final RemoteServices services;
    private final Cleaner.Cleanable cleanable;

    Lease(RemoteServices services) {
        this.services = services;
        this.cleanable = CLEANER.register(this, services.close());
    }

    RemoteServices services() {
        return services;
    }

    /** Closes the connection now. Idempotent. */
    void close() {
        cleanable.clean();
    }
}
