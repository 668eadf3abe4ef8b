package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every rule of the protocol is cited by a test, or {@code uncited.txt} says why not. Prints who cites what, so the
 * report of this class is the table of coverage.
 */
class RuleCoverageTest {
    private static final Pattern CITATION = Pattern.compile("@Spec\\(\\s*(\\{[^}]*}|\"[^\"]*\")\\s*\\)");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern RULE = Pattern.compile("([A-Z])([0-9]+)([a-z]?)");
    private static final Pattern RANGE = Pattern.compile("([A-Z])([0-9]+)-([A-Z])([0-9]+)");

    /** Names by rule, in the order of the specification. */
    private static final Map<String, String> rules = new LinkedHashMap<>();

    /** Reasons by rule. */
    private static final Map<String, String> uncited = new LinkedHashMap<>();

    /** Names of the citing test classes by rule. */
    private static final Map<String, Set<String>> citations = new LinkedHashMap<>();

    @BeforeAll
    static void collect() throws IOException {
        for (String line : lines("rules.txt")) {
            int space = line.indexOf(' ');
            rules.put(line.substring(0, space), line.substring(space + 1));
        }
        for (String line : lines("uncited.txt")) {
            int space = line.indexOf(' ');
            for (String rule : expand(line.substring(0, space))) {
                assertThat(uncited.put(rule, line.substring(space + 1)))
                        .as("%s is twice in uncited.txt", rule)
                        .isNull();
            }
        }
        for (Path source : testSources(Path.of(Objects.requireNonNull(System.getProperty("outpost.root"))))) {
            String test = source.getFileName().toString().replace(".java", "");
            if (test.equals("Spec")) {
                continue; // The annotation itself, whose documentation has an example.
            }
            Matcher citation = CITATION.matcher(Files.readString(source));
            while (citation.find()) {
                Matcher rule = QUOTED.matcher(citation.group(1));
                while (rule.find()) {
                    citations
                            .computeIfAbsent(rule.group(1), first -> new TreeSet<>())
                            .add(test);
                }
            }
        }
        print();
    }

    @Test
    void everyRuleIsCitedOrExcused() {
        Set<String> missing = rules.keySet().stream()
                .filter(rule -> !citations.containsKey(rule) && !uncited.containsKey(rule))
                .collect(toCollection(TreeSet::new));
        assertThat(missing)
                .as("rules without a test; cite them with @Spec or give the reason in uncited.txt")
                .isEmpty();
    }

    @Test
    void nothingCitedIsExcused() {
        assertThat(uncited.keySet())
                .as("rules in uncited.txt that a test cites; take them out")
                .doesNotContainAnyElementsOf(citations.keySet());
    }

    @Test
    void onlyRulesAreExcused() {
        assertThat(rules.keySet()).containsAll(uncited.keySet());
        assertThat(uncited.values()).noneMatch(String::isBlank);
    }

    @Test
    void onlyRulesAreCited() {
        assertThat(citations.keySet())
                .allSatisfy(rule -> assertThat(isKnown(rule))
                        .as("%s, cited by %s, is a rule", rule, citations.get(rule))
                        .isTrue());
    }

    /** The other chapters are not counted here yet, so their rules are only checked for their form. */
    private static boolean isKnown(String rule) {
        Matcher parts = RULE.matcher(rule);
        if (!parts.matches()) {
            return false;
        }
        boolean counted = switch (parts.group(1)) {
            case "W", "P", "F", "C", "E" -> true;
            default -> false;
        };
        return !counted || rules.containsKey(rule);
    }

    private static void print() {
        StringBuilder table = new StringBuilder();
        rules.forEach((rule, name) -> {
            Set<String> tests = citations.get(rule);
            String proof = tests != null ? String.join(", ", tests) : "-- " + uncited.getOrDefault(rule, "NOT CITED");
            table.append(String.format("%-5s %-75s %s%n", rule, name, proof));
        });
        long cited = rules.keySet().stream().filter(citations::containsKey).count();
        table.append(String.format("%d of %d rules cited%n", cited, rules.size()));
        System.out.print(table);
    }

    private static List<String> expand(String ruleOrRange) {
        Matcher range = RANGE.matcher(ruleOrRange);
        if (!range.matches()) {
            return List.of(ruleOrRange);
        }
        assertThat(range.group(1)).as(ruleOrRange).isEqualTo(range.group(3));
        List<String> expanded = new ArrayList<>();
        for (int i = Integer.parseInt(range.group(2)); i <= Integer.parseInt(range.group(4)); i++) {
            expanded.add(range.group(1) + i);
        }
        assertThat(expanded).as(ruleOrRange).isNotEmpty();
        return expanded;
    }

    private static List<String> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(RuleCoverageTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Tests of every module, and the testkit's main code, which is tests too. */
    private static List<Path> testSources(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = String.valueOf(directory.getFileName());
                boolean skipped = name.startsWith(".") || name.equals("target") || name.equals("node_modules");
                return skipped && !directory.equals(root) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String path = root.relativize(file).toString();
                if (path.endsWith(".java")
                        && (path.contains("src/test/java/") || path.startsWith("testkit/src/main/"))) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(sources).isNotEmpty();
        return sources;
    }
}
