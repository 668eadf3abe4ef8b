package dev.outpost.local.env;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.process.EnvironmentPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The environment of one child: exactly this and nothing inherited besides (spec P68). Not thread-safe. */
public final class ChildEnvironment {
    /** What {@code core} inherits, in any case (spec P73). */
    private static final Set<String> CORE = inAnyCase(
            "PATH", "SHELL", "TMPDIR", "TEMP", "TMP", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "USER");

    /** Names that look like a secret (spec P74). */
    private static final List<NamePattern> SECRETS = patterns(List.of("*KEY*", "*SECRET*", "*TOKEN*"));

    /**
     * What never reaches a child, in any case, whoever set it: credentials and switches of the executor itself (spec
     * N45). The names behind "workload-identity and Noise token variables" are those that Codex 0.169 removes.
     */
    private static final Set<String> NEVER = inAnyCase(
            "CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE",
            "CODEX_EXEC_SERVER_NOISE_AUTH_TOKEN",
            "CODEX_GUARDIAN_DECISIONS_API_KEY",
            "NODE_REPL_AUTH_TOKEN",
            "OPENAI_FEDERATION_RULE_ID",
            "OPENAI_IDENTITY_TOKEN_FILE",
            "OPENAI_WORKLOAD_IDENTITY_CONTEXT");

    private final Map<String, byte[]> values;

    private ChildEnvironment(Map<String, byte[]> values) {
        this.values = values;
    }

    /**
     * Computes it (spec P71–P80, N45).
     *
     * @param policy what to inherit of {@code executor}; null for nothing
     * @param overlay laid over that, not filtered by the policy
     */
    public static ChildEnvironment compute(
            @Nullable EnvironmentPolicy policy, Map<String, String> overlay, ExecutorEnvironment executor) {
        Map<String, byte[]> values = policy == null ? new LinkedHashMap<>() : inherited(policy, executor);
        overlay.forEach((name, value) -> values.put(ExecutorEnvironment.key(name), value.getBytes(UTF_8)));
        values.keySet().removeIf(NEVER::contains);
        return new ChildEnvironment(values);
    }

    private static Map<String, byte[]> inherited(EnvironmentPolicy policy, ExecutorEnvironment executor) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        switch (policy.inherit()) {
            case ALL -> values.putAll(executor.values());
            case NONE -> {}
            case CORE ->
                executor.values().forEach((key, value) -> {
                    if (CORE.contains(key)) {
                        values.put(key, value);
                    }
                });
        }
        if (!policy.ignoreDefaultExcludes()) {
            values.keySet().removeIf(key -> matchesAny(SECRETS, key));
        }
        List<NamePattern> exclude = patterns(policy.exclude());
        values.keySet().removeIf(key -> matchesAny(exclude, key));
        policy.set().forEach((name, value) -> values.put(ExecutorEnvironment.key(name), value.getBytes(UTF_8)));
        List<NamePattern> includeOnly = patterns(policy.includeOnly());
        if (!includeOnly.isEmpty()) {
            values.keySet().removeIf(key -> !matchesAny(includeOnly, key));
        }
        return values;
    }

    /** The bytes of a variable's value, or null if it is not set. */
    public byte @Nullable [] get(String name) {
        return values.get(ExecutorEnvironment.key(name));
    }

    /** Sets a variable unless it is set, even to nothing. */
    public void setIfAbsent(String name, byte[] value) {
        values.putIfAbsent(ExecutorEnvironment.key(name), value);
    }

    /** All variables as {@code NAME=value}, as a program gets them, without a terminating NUL. */
    public List<byte[]> entries() {
        List<byte[]> entries = new ArrayList<>(values.size());
        values.forEach((key, value) -> {
            byte[] entry = new byte[key.length() + 1 + value.length];
            System.arraycopy(key.getBytes(ISO_8859_1), 0, entry, 0, key.length());
            entry[key.length()] = '=';
            System.arraycopy(value, 0, entry, key.length() + 1, value.length);
            entries.add(entry);
        });
        return entries;
    }

    private static List<NamePattern> patterns(List<String> patterns) {
        return patterns.stream().map(NamePattern::new).toList();
    }

    private static boolean matchesAny(List<NamePattern> patterns, String key) {
        String name = ExecutorEnvironment.name(key);
        return patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }

    /** ASCII names. No Latin-1 character beyond ASCII equals an ASCII one in another case, so keys compare right. */
    private static Set<String> inAnyCase(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Collections.addAll(set, names);
        return Collections.unmodifiableSet(set);
    }
}
