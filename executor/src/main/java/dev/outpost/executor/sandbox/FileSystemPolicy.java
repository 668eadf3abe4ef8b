package dev.outpost.executor.sandbox;

import java.util.List;
import java.util.OptionalInt;

/** What a managed profile says of files (spec F24, F25). */
public sealed interface FileSystemPolicy {
    /** Everything. */
    record Unrestricted() implements FileSystemPolicy {}

    /**
     * Only what the entries grant.
     *
     * @param globScanMaxDepth how deep globs are expanded, at least 1; empty for no limit
     */
    record Restricted(List<PolicyEntry> entries, OptionalInt globScanMaxDepth) implements FileSystemPolicy {
        /** Copies the list. */
        public Restricted {
            entries = List.copyOf(entries);
        }
    }
}
