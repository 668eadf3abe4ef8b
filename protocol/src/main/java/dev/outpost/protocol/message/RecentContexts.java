package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonSlice;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sandbox contexts that were decoded last, by their text: a client says the same one with each request, and one with
 * hundreds of roots takes longer to decode than the operation that it is for. Safe from any thread.
 */
final class RecentContexts {
    /** More than these don't stay; the one that was decoded first goes. */
    private static final int MOST = 4;
    /** A longer text, in bytes, isn't kept. */
    private static final int LONGEST = 64 << 10;

    private record Known(byte[] text, SandboxContext context) {
        boolean isOf(JsonSlice slice) {
            return Arrays.equals(text, 0, text.length, slice.bytes(), slice.start(), slice.end());
        }
    }

    private final AtomicReference<List<Known>> known = new AtomicReference<>(List.of());

    /** What exactly this text was decoded to, or null. */
    @Nullable SandboxContext find(JsonSlice text) {
        for (Known one : known.get()) {
            if (one.isOf(text)) {
                return one.context();
            }
        }
        return null;
    }

    void add(JsonSlice text, SandboxContext context) {
        if (text.end() - text.start() <= LONGEST) {
            Known latest = new Known(Arrays.copyOfRange(text.bytes(), text.start(), text.end()), context);
            known.updateAndGet(before -> Stream.concat(Stream.of(latest), before.stream())
                    .limit(MOST)
                    .toList());
        }
    }
}
