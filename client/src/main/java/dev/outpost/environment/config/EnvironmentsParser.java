package dev.outpost.environment.config;

import dev.outpost.environment.config.EnvironmentsDocument.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** From the text of {@code environments.toml} to a document (spec E40, E42). Does no I/O. */
final class EnvironmentsParser {
    private static final List<String> ROOT_KEYS = List.of("default", "environments");
    private static final List<String> KEYS =
            List.of("id", "url", "program", "args", "env", "cwd", "connect_timeout_sec", "initialize_timeout_sec");
    private static final List<String> OUTPOST_KEYS = List.of("token_file", "token_env", "recovery", "call_timeout_sec");
    private static final List<String> ALL_KEYS =
            Stream.concat(KEYS.stream(), OUTPOST_KEYS.stream()).toList();

    private EnvironmentsParser() {}

    /**
     * Parses it.
     *
     * @param outposts whether the keys are allowed that only Outpost has
     */
    static EnvironmentsDocument parse(String text, boolean outposts) throws ParseFailure {
        TomlParseResult result = Toml.parse(text, TomlVersion.V1_0_0);
        if (result.hasErrors()) {
            var first = result.errors().getFirst();
            throw ParseFailure.at(first.position(), String.valueOf(first.getMessage()));
        }
        TableReader root = new TableReader(result);
        String defaultId = null;
        List<Entry> environments = List.of();
        for (String key = root.next(); key != null; key = root.next()) {
            switch (key) {
                case "default" -> defaultId = root.string();
                case "environments" -> environments = entries(root, outposts);
                default -> throw root.unknown(ROOT_KEYS, "");
            }
        }
        return new EnvironmentsDocument(defaultId, environments);
    }

    private static List<Entry> entries(TableReader root, boolean outposts) throws ParseFailure {
        TomlArray array = root.sequence();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof TomlTable table)) {
                throw TableReader.wrongElement(array, i, "struct EnvironmentToml");
            }
            entries.add(new EntryReader(outposts).read(table, array.inputPositionOf(i)));
        }
        return entries;
    }

    /** Collects one entry. */
    private static final class EntryReader {
        private final boolean outposts;
        private @Nullable String id;
        private @Nullable String url;
        private @Nullable String program;
        private @Nullable List<String> args;
        private @Nullable Map<String, String> env;
        private @Nullable String cwd;
        private @Nullable Duration connectTimeout;
        private @Nullable Duration initializeTimeout;
        private @Nullable String tokenFile;
        private @Nullable String tokenVariable;
        private @Nullable Boolean recovery;
        private @Nullable Duration callTimeout;

        EntryReader(boolean outposts) {
            this.outposts = outposts;
        }

        Entry read(TomlTable table, @Nullable TomlPosition position) throws ParseFailure {
            TableReader reader = new TableReader(table);
            for (String key = reader.next(); key != null; key = reader.next()) {
                switch (key) {
                    case "id" -> id = reader.string();
                    case "url" -> url = reader.string();
                    case "program" -> program = reader.string();
                    case "args" -> args = reader.strings();
                    case "env" -> env = reader.stringMap();
                    case "cwd" -> cwd = reader.path();
                    case "connect_timeout_sec" -> connectTimeout = reader.seconds();
                    case "initialize_timeout_sec" -> initializeTimeout = reader.seconds();
                    default -> readOutposts(key, reader);
                }
            }
            if (id == null) {
                throw ParseFailure.at(position, "missing field `id`");
            }
            return new Entry(
                    id,
                    url,
                    program,
                    args,
                    env,
                    cwd,
                    connectTimeout,
                    initializeTimeout,
                    tokenFile,
                    tokenVariable,
                    recovery,
                    callTimeout);
        }

        private void readOutposts(String key, TableReader reader) throws ParseFailure {
            if (!outposts) {
                throw reader.unknown(
                        KEYS,
                        OUTPOST_KEYS.contains(key)
                                ? "; Codex doesn't know it, so it may only be in the environments.toml of OUTPOST_HOME"
                                : "");
            }
            switch (key) {
                case "token_file" -> tokenFile = reader.path();
                case "token_env" -> tokenVariable = reader.string();
                case "recovery" -> recovery = reader.flag();
                case "call_timeout_sec" -> callTimeout = reader.seconds();
                default -> throw reader.unknown(ALL_KEYS, "");
            }
        }
    }
}
