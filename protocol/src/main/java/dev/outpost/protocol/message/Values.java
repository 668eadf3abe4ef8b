package dev.outpost.protocol.message;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The decoded fields of one object. */
final class Values {
    private final Field<?>[] fields;
    private final @Nullable Object[] values;

    Values(Field<?>[] fields, @Nullable Object[] values) {
        this.fields = fields;
        this.values = values;
    }

    /** The value of a field that is required or has a default. */
    <T> T get(Field<T> field) {
        return Objects.requireNonNull(find(field), field.name());
    }

    /** The value of an optional field, null if it was absent or null. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // Each value was read by the decoder of this very field.
    <T> @Nullable T find(Field<T> field) {
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] == field) {
                return (T) values[i];
            }
        }
        throw new IllegalArgumentException("not a field of this shape: " + field.name());
    }
}
