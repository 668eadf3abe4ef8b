package dev.outpost.environment;

import java.util.Objects;

/** Which environment is the default one (spec E21, E22). */
public sealed interface DefaultSelection {
    /** None. */
    record Disabled() implements DefaultSelection {}

    /** The one with this id, which must be there. */
    record Explicit(String id) implements DefaultSelection {
        /** Checks that there is one. */
        public Explicit {
            Objects.requireNonNull(id, "id is null");
        }
    }

    /** {@code remote} if it is there, else {@code local}, else none. */
    record Derived() implements DefaultSelection {}
}
