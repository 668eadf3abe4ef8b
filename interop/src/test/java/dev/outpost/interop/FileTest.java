package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;

/** Files that a real client reads and changes. */
class FileTest {
    @TempDir(factory = Scratch.class)
    private Path scratch;

    @EveryPairing
    void aPatchAddsUpdatesMovesAndDeletes(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            Path workspace = scene.workspace();
            Files.writeString(workspace.resolve("updated"), "line1\nline2\nline3\n");
            Files.writeString(workspace.resolve("old-name"), "a\n");
            Files.writeString(workspace.resolve("gone"), "bye\n");
            scene.startClient();

            ToolOutput patched = scene.model().callFreeform("apply_patch", """
                            *** Begin Patch
                            *** Add File: sub/deep/added
                            +hello
                            +wörld
                            *** Update File: updated
                            @@
                             line1
                            -line2
                            +LINE2
                             line3
                            *** Update File: old-name
                            *** Move to: moved/new-name
                            @@
                            -a
                            +b
                            *** Delete File: gone
                            *** End Patch
                            """);
            assertThat(patched.text())
                    .contains("Success", "A sub/deep/added", "M updated", "M moved/new-name", "D gone");
            assertThat(workspace.resolve("sub/deep/added")).hasContent("hello\nwörld\n");
            assertThat(workspace.resolve("updated")).hasContent("line1\nLINE2\nline3\n");
            assertThat(workspace.resolve("moved/new-name")).hasContent("b\n");
            assertThat(workspace.resolve("old-name")).doesNotExist();
            assertThat(workspace.resolve("gone")).doesNotExist();

            ToolOutput unfitting = scene.model().callFreeform("apply_patch", """
                            *** Begin Patch
                            *** Update File: updated
                            @@
                            -nothing like this
                            +x
                            *** End Patch
                            """);
            assertThat(unfitting.text()).contains("Failed to find expected lines");

            ToolOutput missing = scene.model().callFreeform("apply_patch", """
                            *** Begin Patch
                            *** Delete File: missing
                            *** End Patch
                            """);
            assertThat(missing.text()).contains("No such file or directory (os error 2)");

            scene.finish();
        }
    }

    @EveryPairing
    void imagesReachTheModel(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            Path small =
                    Files.createDirectory(scene.workspace().resolve("pictures")).resolve("small.png");
            writeNoise(small, 64);
            writeNoise(small.resolveSibling("big.png"), 1300);
            scene.startClient();
            ScriptedModel model = scene.model();

            String prefix = "data:image/png;base64,";
            assertThat(view(model, "pictures/small.png").image())
                    .isEqualTo(prefix + Base64.getEncoder().encodeToString(Files.readAllBytes(small)));
            assertThat(view(model, "pictures/big.png").image())
                    .startsWith(prefix)
                    .hasSizeGreaterThan(1_000_000);
            assertThat(view(model, "pictures/none.png").text()).contains("No such file or directory (os error 2)");
            assertThat(view(model, "pictures").text()).contains("is not a file");

            scene.finish();
        }
    }

    private static ToolOutput view(ScriptedModel model, String path) throws InterruptedException {
        return model.call("view_image", Map.of("path", path));
    }

    /** A square picture that can't be compressed: about three bytes a pixel. */
    private static void writeNoise(Path file, int size) throws IOException {
        var image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        var random = new Random(1);
        image.setRGB(0, 0, size, size, random.ints((long) size * size).toArray(), 0, size);
        ImageIO.write(image, "png", file.toFile());
    }
}
