package dev.outpost.environment;

import org.jspecify.annotations.Nullable;

/** A URL of an exec-server as a user gives it: perhaps nothing, perhaps the word that turns environments off. */
public sealed interface ExecServerUrl {
    /** Nothing was given. */
    record Absent() implements ExecServerUrl {}

    /** {@code none}, in any case. */
    record Disabled() implements ExecServerUrl {}

    /**
     * A URL, not checked (spec E36).
     *
     * @param url without white space around it
     */
    record Given(String url) implements ExecServerUrl {}

    /** What a value means (spec 05 §4). */
    static ExecServerUrl of(@Nullable String value) {
        String url = value == null ? "" : value.strip();
        if (url.isEmpty()) {
            return new Absent();
        }
        return url.equalsIgnoreCase("none") ? new Disabled() : new Given(url);
    }
}
