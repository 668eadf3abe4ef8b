package dev.outpost.environment;

import java.util.List;
import java.util.Objects;

/**
 * What a provider knows (spec E54).
 *
 * @param environments remote ones in the order of configuration; their ids are checked by the manager
 * @param defaultSelection which is the default
 * @param includeLocal whether the local environment may be selected
 */
public record EnvironmentSnapshot(List<Entry> environments, DefaultSelection defaultSelection, boolean includeLocal) {
    /** An environment and the id it goes by. */
    public record Entry(String id, Environment environment) {
        /** Checks that both are there. */
        public Entry {
            Objects.requireNonNull(id, "id is null");
            Objects.requireNonNull(environment, "environment is null");
        }
    }

    /** Copies the list. */
    public EnvironmentSnapshot {
        environments = List.copyOf(environments);
        Objects.requireNonNull(defaultSelection, "defaultSelection is null");
    }
}
