package dev.outpost.local.env;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The executor's own environment, from which policies inherit (spec P72). Bytes, not strings: what is not UTF-8 reaches
 * a child unchanged. Immutable.
 */
public final class ExecutorEnvironment {
    /** Values by name; a name's bytes are the characters of its key, one to one (Latin-1). */
    private final Map<String, byte[]> values;

    private ExecutorEnvironment(Map<String, byte[]> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /**
     * What this process was started with.
     *
     * @throws UncheckedIOException if {@code /proc/self/environ} can't be read
     */
    public static ExecutorEnvironment ofThisProcess() {
        try {
            String all = new String(Files.readAllBytes(Path.of("/proc/self/environ")), ISO_8859_1);
            return parse(List.of(all.split("\0", -1)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read the own environment; is /proc mounted?", unreadable);
        }
    }

    /**
     * The environment with these entries. Entries that are not {@code NAME=value} are ignored; of several with one name
     * the last counts.
     */
    public static ExecutorEnvironment of(List<byte[]> entries) {
        return parse(
                entries.stream().map(entry -> new String(entry, ISO_8859_1)).toList());
    }

    /** The environment with these variables, in UTF-8. */
    public static ExecutorEnvironment of(Map<String, String> variables) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        variables.forEach((name, value) -> values.put(key(name), value.getBytes(UTF_8)));
        return new ExecutorEnvironment(values);
    }

    private static ExecutorEnvironment parse(List<String> entries) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        for (String entry : entries) {
            // A name may begin with an equals sign; it ends before the next one.
            int end = entry.indexOf('=', 1);
            if (end > 0) {
                values.put(entry.substring(0, end), entry.substring(end + 1).getBytes(ISO_8859_1));
            }
        }
        return new ExecutorEnvironment(values);
    }

    /** The value of a variable as text, or null if it is not set. */
    public @Nullable String text(String name) {
        byte[] value = bytes(name);
        return value == null ? null : new String(value, UTF_8);
    }

    /** The value of a variable, or null if it is not set or not UTF-8. */
    public @Nullable String unicode(String name) {
        byte[] value = bytes(name);
        try {
            return value == null
                    ? null
                    : UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }

    /** The value of a variable, or null if it is not set. Not to be changed. */
    public byte @Nullable [] bytes(String name) {
        return values.get(key(name));
    }

    /** All of it as entries {@code NAME=value}, with these variables laid over it, in UTF-8. */
    public List<byte[]> entries(Map<String, String> overlay) {
        Map<String, byte[]> merged = new LinkedHashMap<>(values);
        overlay.forEach((name, value) -> merged.put(key(name), value.getBytes(UTF_8)));
        return merged.entrySet().stream()
                .map(entry -> (entry.getKey() + "=" + new String(entry.getValue(), ISO_8859_1)).getBytes(ISO_8859_1))
                .toList();
    }

    /** All variables, by keys as {@link #key} makes them. */
    Map<String, byte[]> values() {
        return values;
    }

    /** The UTF-8 bytes of a name, one to a character. */
    static String key(String name) {
        return new String(name.getBytes(UTF_8), ISO_8859_1);
    }

    /** The name behind a key; bytes that are not UTF-8 become U+FFFD. */
    static String name(String key) {
        return new String(key.getBytes(ISO_8859_1), UTF_8);
    }
}
