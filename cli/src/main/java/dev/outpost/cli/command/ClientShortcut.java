package dev.outpost.cli.command;

import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way past picocli for {@code outpost exec}, whose start is waited for most. */
public final class ClientShortcut {
    private ClientShortcut() {}

    /**
     * Reads a plainly correct command line; where picocli has an answer too, it is the same.
     *
     * @param words the command and what follows it
     * @return runs the command, blocking, and gives its exit code; null if this needs a closer look by {@link
     *     ClientCommands}
     */
    public static @Nullable IntSupplier read(List<String> words, Supplier<Here> here) {
        if (words.isEmpty() || !words.getFirst().equals("exec")) {
            return null;
        }
        ExecRequest request = ExecRequest.read(words.subList(1, words.size()));
        return request == null ? null : () -> request.run(here.get());
    }
}
