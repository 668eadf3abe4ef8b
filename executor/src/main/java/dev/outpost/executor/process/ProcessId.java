package dev.outpost.executor.process;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The caller's name of a process, unique in its session (spec W81). May be empty. */
public record ProcessId(String value) {
    /** Refuses null. */
    public ProcessId {
        Objects.requireNonNull(value, "value is null");
    }

    // As those of every record, but these two of the first process's way are not linked at run time, for 20 ms.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProcessId id && id.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
