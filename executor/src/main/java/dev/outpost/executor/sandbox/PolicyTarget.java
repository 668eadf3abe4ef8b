package dev.outpost.executor.sandbox;

import dev.outpost.executor.HostPath;
import org.jspecify.annotations.Nullable;

/** What a policy entry is about (spec F31–F38). */
public sealed interface PolicyTarget {
    /** A path and everything below it; absolute and normalised. */
    record PathTarget(HostPath path) implements PolicyTarget {}

    /** A Git-style pattern; only denies have an effect. */
    record GlobTarget(String pattern) implements PolicyTarget {}

    /** A place whose path depends on the host or the request; {@code subpath} only with {@code PROJECT_ROOTS} and {@code UNKNOWN}. */
    record SpecialTarget(Kind kind, @Nullable String subpath) implements PolicyTarget {}

    /** The special places. */
    enum Kind {
        /** {@code /}. */
        ROOT,
        /** No path of its own: turns on the platform's read roots. */
        MINIMAL,
        /** The cwd, or each workspace root. */
        PROJECT_ROOTS,
        /** {@code $TMPDIR} of the executor. */
        TMPDIR,
        /** {@code /tmp}. */
        SLASH_TMP,
        /** A kind from the future; ignored. */
        UNKNOWN,
    }
}
