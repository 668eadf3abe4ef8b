package dev.outpost.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * A member of an object: what it is called, how it is read, and what its absence and null mean (spec W35).
 *
 * @param fallback the value if it is absent; null unless {@code presence} is {@code DEFAULT}
 */
record Field<T>(String name, Presence presence, @Nullable T fallback, Decoder<T> decoder) {
    enum Presence {
        /** Neither absent nor null. */
        REQUIRED,
        /** Absent and null are the same. */
        OPTIONAL,
        /** May be absent, but not null. */
        DEFAULT,
    }

    static <T> Field<T> required(String name, Decoder<T> decoder) {
        return new Field<>(name, Presence.REQUIRED, null, decoder);
    }

    static <T> Field<T> optional(String name, Decoder<T> decoder) {
        return new Field<>(name, Presence.OPTIONAL, null, decoder);
    }

    static <T> Field<T> withDefault(String name, T fallback, Decoder<T> decoder) {
        return new Field<>(name, Presence.DEFAULT, fallback, decoder);
    }
}
