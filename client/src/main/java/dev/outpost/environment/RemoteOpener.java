package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;

/** Connects to one server, as often as it is asked to. */
@FunctionalInterface
interface RemoteOpener {
    /**
     * Opens a connection and a session. Blocks.
     *
     * @throws ExecutorException if there is none, with the text for the caller
     */
    RemoteServices open() throws ExecutorException;
}
