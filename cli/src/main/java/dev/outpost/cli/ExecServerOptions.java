package dev.outpost.cli;

import dev.outpost.local.sandbox.SandboxMode;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code exec-server} was asked to do, checked but for the URL, whose errors have an exit code of their own (spec
 * W4, W5).
 *
 * @param listen the URL, verbatim
 * @param allowedOrigins values of the Origin header that are accepted
 * @param allowUnauthenticated whether to listen off loopback although nobody is authenticated
 * @param sessionTtl how long a session lives without a connection
 * @param maxMessageBytes largest incoming message
 * @param retainedBytes output kept per process
 * @param retainedTotalBytes output kept in all
 * @param sandbox who enforces restricting profiles
 * @param logLevel least severe level that is logged
 */
record ExecServerOptions(
        String listen,
        List<String> allowedOrigins,
        boolean allowUnauthenticated,
        Duration sessionTtl,
        long maxMessageBytes,
        long retainedBytes,
        long retainedTotalBytes,
        SandboxMode sandbox,
        Level logLevel) {
    private static final Duration SESSION_TTL = Duration.ofSeconds(60);
    private static final Duration MAX_SESSION_TTL = Duration.ofHours(24);
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** Copies the list. */
    ExecServerOptions {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /**
     * The options for these values of flags; a flag without a value has the list with one empty string.
     *
     * @throws InvalidOption if a value is not one of the accepted forms
     */
    static ExecServerOptions of(Map<ExecServerFlag, List<String>> values) throws InvalidOption {
        return of(values, Runtime.getRuntime().maxMemory());
    }

    /** With a heap of this size. */
    static ExecServerOptions of(Map<ExecServerFlag, List<String>> values, long heapBytes) throws InvalidOption {
        checkConcurrentRequests(values);
        long retained = size(values, ExecServerFlag.RETAINED_OUTPUT, 16 * MIB, MIB, GIB);
        long total = Math.max(Math.min(512 * MIB, heapBytes / 4), retained);
        return new ExecServerOptions(
                value(values, ExecServerFlag.LISTEN, ListenUrl.DEFAULT),
                values.getOrDefault(ExecServerFlag.ALLOW_ORIGIN, List.of()),
                values.containsKey(ExecServerFlag.ALLOW_UNAUTHENTICATED),
                sessionTtl(values),
                size(values, ExecServerFlag.MAX_MESSAGE_SIZE, 256 * MIB, 64 * KIB, GIB),
                retained,
                size(values, ExecServerFlag.RETAINED_OUTPUT_TOTAL, total, retained, 1024 * GIB),
                sandbox(values),
                logLevel(values));
    }

    private static Duration sessionTtl(Map<ExecServerFlag, List<String>> values) throws InvalidOption {
        String text = first(values, ExecServerFlag.SESSION_TTL);
        return text == null
                ? SESSION_TTL
                : Quantity.parseDuration(ExecServerFlag.SESSION_TTL.option(), text, Duration.ZERO, MAX_SESSION_TTL);
    }

    private static long size(
            Map<ExecServerFlag, List<String>> values, ExecServerFlag flag, long fallback, long min, long max)
            throws InvalidOption {
        String text = first(values, flag);
        return text == null ? fallback : Quantity.parseSize(flag.option(), text, min, max);
    }

    private static SandboxMode sandbox(Map<ExecServerFlag, List<String>> values) throws InvalidOption {
        String text = value(values, ExecServerFlag.SANDBOX, "enforce");
        return switch (text) {
            case "enforce" -> SandboxMode.ENFORCE;
            case "external" -> SandboxMode.EXTERNAL;
            default -> throw new InvalidOption(ExecServerFlag.SANDBOX.option(), text, "enforce or external");
        };
    }

    private static Level logLevel(Map<ExecServerFlag, List<String>> values) throws InvalidOption {
        String text = value(values, ExecServerFlag.LOG_LEVEL, "info");
        return switch (text) {
            case "error" -> Level.ERROR;
            case "warning" -> Level.WARNING;
            case "info" -> Level.INFO;
            case "debug" -> Level.DEBUG;
            case "trace" -> Level.TRACE;
            default ->
                throw new InvalidOption(
                        ExecServerFlag.LOG_LEVEL.option(), text, "error, warning, info, debug or trace");
        };
    }

    private static void checkConcurrentRequests(Map<ExecServerFlag, List<String>> values) throws InvalidOption {
        String text = first(values, ExecServerFlag.CONCURRENT_REQUESTS);
        if (text != null) {
            boolean digits =
                    !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || Integer.parseInt(text) == 0) {
                throw new InvalidOption(
                        ExecServerFlag.CONCURRENT_REQUESTS.option(), text, "a number from 1 to 999999999");
            }
        }
    }

    private static String value(Map<ExecServerFlag, List<String>> values, ExecServerFlag flag, String fallback) {
        String text = first(values, flag);
        return text == null ? fallback : text;
    }

    private static @Nullable String first(Map<ExecServerFlag, List<String>> values, ExecServerFlag flag) {
        List<String> all = values.get(flag);
        return all == null ? null : all.getFirst();
    }
}
