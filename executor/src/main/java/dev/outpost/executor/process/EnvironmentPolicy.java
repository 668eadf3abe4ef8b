package dev.outpost.executor.process;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which variables of the executor's own environment a process inherits (spec P72–P80).
 *
 * @param inherit the starting point
 * @param ignoreDefaultExcludes if false, names like {@code *KEY*}, {@code *SECRET*}, {@code *TOKEN*} are dropped
 * @param exclude patterns of names to drop
 * @param set variables to set after that
 * @param includeOnly if not empty, patterns of the only names to keep
 */
public record EnvironmentPolicy(
        Inherit inherit,
        boolean ignoreDefaultExcludes,
        List<String> exclude,
        Map<String, String> set,
        List<String> includeOnly) {
    /** Everything that the executor itself has. */
    public static final EnvironmentPolicy INHERIT_ALL =
            new EnvironmentPolicy(Inherit.ALL, true, List.of(), Map.of(), List.of());

    /** Copies the collections. */
    public EnvironmentPolicy {
        Objects.requireNonNull(inherit, "inherit is null");
        exclude = List.copyOf(exclude);
        set = Map.copyOf(set);
        includeOnly = List.copyOf(includeOnly);
    }

    /** Where a policy starts (spec P73). */
    public enum Inherit {
        /** A short list of harmless names such as PATH and HOME. */
        CORE,
        /** Everything. */
        ALL,
        /** Nothing. */
        NONE,
    }
}
