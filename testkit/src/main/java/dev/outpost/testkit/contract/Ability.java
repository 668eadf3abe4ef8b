package dev.outpost.testkit.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;

/** What the interfaces promise, and an executor behind a foreign server may not be able to keep. */
public enum Ability {
    /** A slow or late consumer holds the process back and loses nothing (spec N14i). */
    HOLDS_OUTPUT,
    /** 8 MiB of delivered output can be read again (spec N14i). */
    RETAINS_OUTPUT,
    /** A write whose id was accepted before is not written again (spec N41). */
    KNOWS_WRITE_IDS,
    /** Processes without a terminal can be signalled (spec N55). */
    SIGNALS,
    /** What left the process group is found and killed, too (spec N14j). */
    KILLS_DESCENDANTS,
    /** The exit is numbered after all output that was written before it (spec P13). */
    ORDERS_EXIT,
    /** Variables that are meant for the executor are taken out of a process's environment (spec N45). */
    HIDES_ITS_VARIABLES,
    /** Outpost's own: stdin can be closed, a terminal has the size that is asked for. */
    EXTENSIONS,
    /** A start is answered with the sandbox that the process is in, and none is made where nothing is restricted (spec N39). */
    TELLS_SANDBOXES,
    /** The close of a terminal follows the exit of its session's leader, whoever still has it open (spec P69). */
    CLOSES_TERMINALS,
    /** What a process writes to its terminal after it had closed all of it is delivered. */
    REOPENS_TERMINALS,
    /** Metadata have the size of files (spec N48); without it there is none. */
    TELLS_SIZES,
    /** Pipes and devices can be read as files (spec F9). */
    READS_SPECIAL_FILES,
    /** A file that is copied onto itself by another name, a link, is kept (spec F16). */
    COPIES_ONTO_OTHER_NAMES,
    /** Errors are worded and sorted as Outpost does; without it only what was not found is told from the rest. */
    WORDS_ERRORS;

    /** Whether this is not among what is lacking. */
    boolean isIn(Map<Ability, String> lacking) {
        return !lacking.containsKey(this);
    }

    /** Leaves the running test out, with the reason, if this is among what is lacking. */
    void require(Map<Ability, String> lacking) {
        String reason = lacking.get(this);
        assumeTrue(reason == null, () -> this + " is lacking: " + reason);
    }
}
