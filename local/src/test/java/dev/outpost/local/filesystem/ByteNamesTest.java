package dev.outpost.local.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.testkit.Spec;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that are not UTF-8. */
class ByteNamesTest {
    private final LocalFileSystem fileSystem = new LocalFileSystem();

    @TempDir
    Path root;

    @Test
    @Spec({"F3", "F13"})
    void everyOperationTakesThem() throws Exception {
        HostPath directory = below(Disk.host(root), "ff5ce4");
        HostPath file = below(directory, "c0fe20");
        HostPath twin = below(directory, "c0ff20");
        HostPath copy = below(Disk.host(root), "80");
        fileSystem.createDirectory(directory, true, null);
        fileSystem.writeFile(file, new byte[] {1}, null);
        fileSystem.writeFile(twin, new byte[] {2}, null);
        fileSystem.copy(directory, copy, true, null);
        try (FileContent content = fileSystem.readFile(below(copy, "c0ff20"), null)) {
            byte[] bytes = new byte[1];
            content.copy(0, bytes, 0, 1);
            assertThat(bytes).containsExactly(2);
        }
        assertThat(fileSystem.readDirectory(copy, null))
                .containsOnly(new DirectoryEntry("\ufffd\ufffd ", false, true))
                .hasSize(2);
        assertThat(fileSystem.getMetadata(twin, null).file()).isTrue();
        fileSystem.remove(directory, true, false, null);
        fileSystem.remove(below(copy, "c0ff20"), true, false, null);
        assertThat(fileSystem.readDirectory(copy, null)).hasSize(1);
        assertThat(fileSystem.readDirectory(Disk.host(root), null)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "61, a",
        "c3a9, \u00e9",
        "f09f9880, \ud83d\ude00",
        "ff61, \ufffda",
        "e282, \ufffd",
        "f09f98, \ufffd",
        "c080, \ufffd\ufffd",
        "e08080, \ufffd\ufffd\ufffd",
        "eda080, \ufffd\ufffd\ufffd",
        "edbf41, \ufffd\ufffdA",
        "ed9fbf, \ud7ff",
        "f4908080, \ufffd\ufffd\ufffd\ufffd",
    })
    @Spec("F13")
    void eachBadPartBecomesOneReplacement(String hex, String text) {
        assertThat(DirectoryListing.text(HexFormat.of().parseHex(hex))).isEqualTo(text);
    }

    @Test
    void relativePathIsAMistakeOfTheCaller() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fileSystem.remove(HostPath.of("x"), true, true, null))
                .withMessage("not absolute: x");
    }

    private static HostPath below(HostPath directory, String hex) {
        return directory.resolve(HostPath.ofBytes(HexFormat.of().parseHex(hex)));
    }
}
