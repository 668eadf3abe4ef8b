package dev.outpost.testkit.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A case's files are made as told, and what is not as told is seen. */
class CaseDirectoryTest {
    @TempDir
    private Path scratch;

    @Test
    void everythingIsAsItWasMade() throws Exception {
        assertThat(made().differences(json("""
                {"d": {"dir": true}, "sub/f": "text", "l": {"symlink": "sub/f"}, "h": "text", "none": null, "allowed": null}
                """))).isEmpty();
    }

    @Test
    void everyDifferenceIsSeen() throws Exception {
        assertThat(made().differences(json("""
                {"d": null, "sub/f": "other", "l": {"symlink": "f"}, "h": {"dir": true}, "none": "", "fifo": null}
                """))).hasSize(6);
    }

    @Test
    void filesBelowOneHalfMakeBothHalves() throws Exception {
        var directory = new CaseDirectory(scratch.resolve("root"), json("{\"files\": {\"allowed/f\": \"\"}}"));
        assertThat(directory.differences(json("{\"allowed\": {\"dir\": true}, \"outside\": {\"dir\": true}}")))
                .isEmpty();
    }

    private CaseDirectory made() throws Exception {
        return new CaseDirectory(scratch.resolve("root"), json("""
                {"dirs": ["d"], "files": {"sub/f": "text"}, "symlinks": {"l": "sub/f"}, "hardlinks": {"h": "sub/f"},
                 "fifos": ["fifo"]}
                """));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
