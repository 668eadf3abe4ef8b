package dev.outpost.executor.process;

import java.util.Objects;

/** The caller's name of a process, unique in its session (spec W81). May be empty. */
public record ProcessId(String value) {
    /** Refuses null. */
    public ProcessId {
        Objects.requireNonNull(value, "value is null");
    }

    @Override
    public String toString() {
        return value;
    }
}
