package dev.outpost.environment.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads one table, key by key, with the texts of the reference for what is wrong (spec E40, E42). The first failure in the
 * order of the file is the one that counts, so keys are read in that order: {@link #next} until it returns null.
 */
final class TableReader {
    /** Longer than anybody waits, and short enough for arithmetic in nanoseconds. */
    private static final double MAX_SECONDS = Duration.ofDays(36_500).toSeconds();

    private static final double TOO_BIG = 0x1p64;

    private final TomlTable table;
    private final List<String> keys;
    private int at;
    private @Nullable String key;

    TableReader(TomlTable table) {
        this.table = table;
        keys = table.keySet().stream()
                .sorted(Comparator.comparing(
                                (String name) -> position(table, name).line())
                        .thenComparing(name -> position(table, name).column()))
                .toList();
    }

    private static TomlPosition position(TomlTable table, String key) {
        TomlPosition position = table.inputPositionOf(List.of(key));
        return position == null ? TomlPosition.positionAt(1, 1) : position;
    }

    /** Goes on to the next key, null after the last. */
    @Nullable String next() {
        key = at < keys.size() ? keys.get(at++) : null;
        return key;
    }

    /** The key is none that may be here. */
    ParseFailure unknown(List<String> known, String remedy) {
        String expected = known.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
        String choice =
                known.size() == 2 ? "expected " + expected.replace(", ", " or ") : "expected one of " + expected;
        return failure("unknown field `" + key + "`, " + choice + remedy);
    }

    String string() throws ParseFailure {
        return string("a string");
    }

    String path() throws ParseFailure {
        return string("path string");
    }

    private String string(String expected) throws ParseFailure {
        if (value() instanceof String text) {
            return text;
        }
        throw wrongType(expected);
    }

    boolean flag() throws ParseFailure {
        if (value() instanceof Boolean flag) {
            return flag;
        }
        throw wrongType("a boolean");
    }

    TomlArray sequence() throws ParseFailure {
        if (value() instanceof TomlArray array) {
            return array;
        }
        throw wrongType("a sequence");
    }

    List<String> strings() throws ParseFailure {
        TomlArray array = sequence();
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof String text)) {
                throw wrongElement(array, i, "a string");
            }
            strings.add(text);
        }
        return strings;
    }

    Map<String, String> stringMap() throws ParseFailure {
        if (!(value() instanceof TomlTable map)) {
            throw wrongType("a map");
        }
        Map<String, String> strings = new LinkedHashMap<>();
        TableReader entries = new TableReader(map);
        for (String name = entries.next(); name != null; name = entries.next()) {
            strings.put(name, entries.string());
        }
        return strings;
    }

    /** An element of an array is not what is expected. */
    static ParseFailure wrongElement(TomlArray array, int index, String expected) {
        return ParseFailure.at(array.inputPositionOf(index), invalidType(array.get(index), expected));
    }

    /** Seconds, with or without a fraction; more than a hundred years count as that. */
    Duration seconds() throws ParseFailure {
        double seconds = switch (value()) {
            case Long whole -> whole;
            case Double fraction -> fraction;
            default -> throw wrongType("f64");
        };
        if (seconds < 0) {
            throw failure("cannot convert float seconds to Duration: value is negative");
        }
        if (!(seconds < TOO_BIG)) {
            throw failure("cannot convert float seconds to Duration: value is either too big or NaN");
        }
        return Duration.ofNanos((long) (Math.min(seconds, MAX_SECONDS) * 1e9));
    }

    private Object value() {
        Object value = key == null ? null : table.get(List.of(key));
        if (value == null) {
            throw new IllegalStateException("no value under " + key);
        }
        return value;
    }

    private ParseFailure wrongType(String expected) {
        return failure(invalidType(value(), expected));
    }

    private ParseFailure failure(String what) {
        return ParseFailure.at(key == null ? null : table.inputPositionOf(List.of(key)), what);
    }

    private static String invalidType(Object value, String expected) {
        String found = switch (value) {
            case String text -> "string \"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            case Long number -> "integer `" + number + "`";
            case Double number -> "floating point `" + number + "`";
            case Boolean flag -> "boolean `" + flag + "`";
            case TomlArray _ -> "sequence";
            case TomlTable _ -> "map";
            default -> "datetime `" + value + "`";
        };
        return "invalid type: " + found + ", expected " + expected;
    }
}
