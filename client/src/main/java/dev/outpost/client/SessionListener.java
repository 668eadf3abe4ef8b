package dev.outpost.client;

import dev.outpost.protocol.message.ProcessNotification;

/**
 * Who wants to know what happens in a client's session. Called on the client's threads, in the order of events, never
 * with a lock held; must not block.
 */
public interface SessionListener {
    /** Something happened to a process. Also called while a resume is under way. */
    void notified(ProcessNotification notification);

    /** The session was resumed on a new connection; what happened since the last notification was not notified. */
    void resumed();

    /** The session is lost for this client. Called once, last. */
    void ended(ExecServerException cause);
}
