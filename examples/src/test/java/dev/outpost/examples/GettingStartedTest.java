package dev.outpost.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/getting-started-java.md shows is what the examples do. */
class GettingStartedTest {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("outpost.root")));
    private static final Path EXAMPLES = ROOT.resolve("examples/src/main/java/dev/outpost/examples");
    private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("examples/src/main/java/dev/outpost/examples/(\\w+\\.java)");

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/getting-started-java.md"));
    }

    private static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> !file.endsWith("package-info.java")).toList();
        }
    }

    /** The same at every depth of blocks. */
    private static String withoutIndentation(String code) {
        return code.lines().map(String::strip).reduce("\n", (all, line) -> all + line + "\n");
    }

    @Test
    void everyPieceOfCodeIsInAnExample() throws Exception {
        List<String> sources = examples().stream()
                .map(file -> {
                    try {
                        return withoutIndentation(Files.readString(file));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
        List<String> pieces =
                CODE.matcher(page()).results().map(piece -> piece.group(1)).toList();
        assertThat(pieces).hasSizeGreaterThan(4);
        assertThat(pieces)
                .allSatisfy(piece -> assertThat(sources)
                        .anySatisfy(source -> assertThat(source).contains(withoutIndentation(piece))));
    }

    @Test
    void everyExampleIsLinkedAndEveryLinkLeadsToOne() throws Exception {
        assertThat(LINK.matcher(page()).results().map(MatchResult::group).map(Path::of))
                .map(Path::getFileName)
                .containsExactlyInAnyOrderElementsOf(
                        examples().stream().map(Path::getFileName).toList());
    }
}
