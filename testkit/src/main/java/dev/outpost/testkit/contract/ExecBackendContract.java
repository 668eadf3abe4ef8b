package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every {@link ExecBackend} does (spec 02), as tests on a real Linux with {@code /bin/sh}. The rules are in the
 * subclasses {@link ProcessLifecycleContract}, {@link ProcessOutputContract}, {@link ProcessInputContract}, {@link
 * ProcessStartContract} and {@link ProcessEnvironmentContract}: an implementation runs them all.
 */
public abstract class ExecBackendContract {
    /** The environment that the executor behind {@link #open} has, and no other variable. */
    public static final Map<String, String> EXECUTOR_ENVIRONMENT = Map.ofEntries(
            Map.entry("PATH", Recipe.PATH),
            Map.entry("HOME", "/tmp"),
            Map.entry("USER", "contract"),
            Map.entry("shell", "/bin/odd-case"),
            Map.entry("LC_TIME", "x"),
            Map.entry("CV_ALPHA", "1"),
            Map.entry("CV_ALPHABET", "2"),
            Map.entry("CV_API_KEY", "k"),
            Map.entry("cv_Secret_x", "s"),
            Map.entry("CV_TOKENS", "t"));

    private static final long PATIENCE_SECONDS = 30;

    private ExecBackend backend;

    /** An empty backend of an executor whose own environment is {@link #EXECUTOR_ENVIRONMENT}. */
    protected abstract ExecBackend open() throws Exception;

    @BeforeEach
    final void openBackend() throws Exception {
        backend = open();
    }

    @AfterEach
    final void closeBackend() {
        backend.close();
    }

    /** The backend under test, closed after each test. */
    protected final ExecBackend backend() {
        return backend;
    }

    /** What the executor under test can't, each with the reason. */
    protected Map<Ability, String> lacking() {
        return Map.of();
    }

    /** Leaves the test out, with the reason, if the executor under test lacks the ability. */
    protected final void requires(Ability ability) {
        ability.require(lacking());
    }

    /**
     * How a process's end is told: by its backend as it was, by others as what is left of it on the wire.
     *
     * @param terminal whether the process has one
     */
    protected ExitStatus told(ExitStatus status, boolean terminal) {
        return status;
    }

    /** The text of the refusal of an id that a running process has. */
    protected String duplicate(String id) {
        return "process " + id + " already exists";
    }

    /** Starts it and waits until it runs. */
    protected final ExecProcess start(Recipe recipe) throws Exception {
        return result(backend.start(recipe.request()));
    }

    /** Starts it and takes all it has to say. */
    protected final EventCollector run(Recipe recipe) throws Exception {
        EventCollector collector = new EventCollector(start(recipe));
        var _ = collector.untilClosed();
        collector.close();
        return collector;
    }

    /** Reads without waiting or limit. */
    protected final ReadResult read(ExecProcess process, long afterSeq) throws Exception {
        return result(process.read(new ReadRequest(afterSeq, Long.MAX_VALUE, 0)));
    }

    /** Reads with a limit. */
    protected final ReadResult read(ExecProcess process, long afterSeq, long maxBytes) throws Exception {
        return result(process.read(new ReadRequest(afterSeq, maxBytes, 0)));
    }

    /** A read that waits long. */
    protected final CompletableFuture<ReadResult> waitingRead(ExecProcess process, long afterSeq) {
        return process.read(new ReadRequest(afterSeq, Long.MAX_VALUE, TimeUnit.MINUTES.toMillis(10)));
    }

    /** The text of a read's chunks. */
    protected static String text(ReadResult result) {
        StringBuilder text = new StringBuilder();
        result.chunks().forEach(chunk -> text.append(new String(chunk.bytes(), UTF_8)));
        return text.toString();
    }

    /** The failure of a future that has to fail as an executor does. */
    protected static ExecutorException failure(CompletableFuture<?> future) throws Exception {
        try {
            Object result = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("succeeded: " + result);
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).isInstanceOf(ExecutorException.class);
            return (ExecutorException) Objects.requireNonNull(failed.getCause());
        }
    }

    /** Starting it has to fail like this. */
    protected final void assertStartFails(Recipe recipe, FailureKind kind, String message) throws Exception {
        ExecutorException failure = failure(backend.start(recipe.request()));
        if (Ability.WORDS_ERRORS.isIn(lacking())) {
            assertThat(failure).hasMessage(message);
            assertThat(failure.kind()).isEqualTo(kind);
        }
        assertThat(backend.find(new ProcessId(recipe.id())))
                .as("a failed start frees the id")
                .isNull();
    }

    /** The result of a future that has to succeed soon. */
    protected static <T> T result(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
