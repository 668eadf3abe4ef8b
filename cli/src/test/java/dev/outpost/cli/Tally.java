package dev.outpost.cli;

import java.util.concurrent.atomic.AtomicLong;

/** What hostile traffic led to. For any thread. */
final class Tally {
    /** Frames or lines. */
    final AtomicLong sent = new AtomicLong();
    /** Tries after which the connection answered its marker. */
    final AtomicLong kept = new AtomicLong();
    /** Tries after which it had ended. */
    final AtomicLong ended = new AtomicLong();
    /** Answers to the honest client. */
    final AtomicLong served = new AtomicLong();
    /** Sockets with something else than a proper HTTP request. */
    final AtomicLong requests = new AtomicLong();

    @Override
    public String toString() {
        return "sent " + sent + ", kept " + kept + ", ended " + ended + ", honest requests " + served
                + ", HTTP requests " + requests;
    }
}
