package dev.outpost.environment.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file as it is written: the right keys with values of the right types. Null is a key that is not there.
 *
 * @param defaultId of the root
 */
record EnvironmentsDocument(@Nullable String defaultId, List<Entry> environments) {
    /** One {@code [[environments]]}. The last four only Outpost has. */
    record Entry(
            String id,
            @Nullable String url,
            @Nullable String program,
            @Nullable List<String> args,
            @Nullable Map<String, String> env,
            @Nullable String cwd,
            @Nullable Duration connectTimeout,
            @Nullable Duration initializeTimeout,
            @Nullable String tokenFile,
            @Nullable String tokenVariable,
            @Nullable Boolean recovery,
            @Nullable Duration callTimeout) {}
}
