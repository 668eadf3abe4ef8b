package dev.outpost.testkit.contract;

/** What the interfaces promise, and an executor behind a foreign server may not be able to keep. */
public enum Ability {
    /** A slow or late consumer holds the process back and loses nothing (spec N14i). */
    HOLDS_OUTPUT,
    /** 8 MiB of delivered output can be read again (spec N14i). */
    RETAINS_OUTPUT,
    /** A write whose id was accepted before is not written again (spec N41). */
    KNOWS_WRITE_IDS,
    /** Processes can be signalled (spec N55). */
    SIGNALS,
    /** What left the process group is found and killed, too (spec N14j). */
    KILLS_DESCENDANTS,
    /** The exit is numbered after all output that was written before it (spec P13). */
    ORDERS_EXIT,
    /** A start that is cancelled ends the process (spec N42). */
    CANCELS_STARTS,
    /** Writes are refused above a bound, instead of waiting in the server for ever. */
    BOUNDS_WRITES,
    /** Variables that are meant for the executor are taken out of a process's environment (spec N45). */
    HIDES_ITS_VARIABLES,
    /** Outpost's own: stdin can be closed, a terminal has the size that is asked for. */
    EXTENSIONS,
    /** Errors are worded as Outpost words them, and not only of the same kind. */
    WORDS_ERRORS,
}
