package dev.outpost.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What this JVM holds of the operating system: descriptors, platform threads, child processes. Take one before the code
 * under test, and let it compare after everything was closed; or extend a test class with it, which does so around all
 * its tests.
 *
 * <p>Not counted: files of the class path and the runtime, which the JVM opens when it likes, and threads that the JDK
 * starts once for everybody.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<String> JDK_THREADS = List.of(
            "ForkJoinPool",
            "CompletableFutureDelayScheduler",
            "Common-Cleaner",
            "Cleaner",
            "HttpClient-",
            "globalEventExecutor",
            "junit-",
            "process reaper",
            "VirtualThread-unparker",
            "VirtualThread-unblocker",
            "Read-Poller",
            "Write-Poller",
            "MasterPoller",
            "Attach Listener",
            "Signal Dispatcher",
            "Reference Handler",
            "Finalizer",
            "awaitility");

    /** Beginnings of names of threads that end when they have been idle for a time; not counted. */
    private final List<String> pools;

    private Map<String, String> descriptors = Map.of();
    private Set<Long> threads = Set.of();
    private Set<Long> children = Set.of();

    /** For JUnit; elsewhere use {@link #before}. */
    public LeakCheck() {
        this(List.of());
    }

    private LeakCheck(List<String> pools) {
        this.pools = pools;
    }

    /** What is held now. */
    public static LeakCheck before() {
        return before(List.of());
    }

    /**
     * What is held now, where something that stays open has pools of threads: theirs come and go as they like.
     *
     * @param pools how the names of the pools' threads begin
     */
    public static LeakCheck before(List<String> pools) {
        LeakCheck check = new LeakCheck(pools);
        check.look();
        return check;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (isNested(context)) {
            return;
        }
        // With its first socket the JDK opens a descriptor of its own, which it keeps.
        SocketChannel.open().close();
        store(context).put(LeakCheck.class, before());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!isNested(context)) {
            Objects.requireNonNull(store(context).get(LeakCheck.class, LeakCheck.class))
                    .assertNoLeak();
        }
    }

    /** What is shared by nested classes, such as a server with threads that stay for a while, ends with the outermost one. */
    private static boolean isNested(ExtensionContext context) {
        return context.getRequiredTestClass().isAnnotationPresent(Nested.class);
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(LeakCheck.class));
    }

    private void look() {
        descriptors = descriptors();
        threads = threads().stream().map(Thread::threadId).collect(Collectors.toUnmodifiableSet());
        children = children();
    }

    /** Fails unless, within some seconds, nothing is held that was not held before. */
    public void assertNoLeak() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Map<String, String> newDescriptors = descriptors();
            newDescriptors.entrySet().removeIf(entry -> entry.getValue().equals(descriptors.get(entry.getKey())));
            assertThat(newDescriptors).as("descriptors").isEmpty();
            assertThat(threads())
                    .as("threads")
                    .filteredOn(thread -> !threads.contains(thread.threadId()))
                    .isEmpty();
            Set<Long> newChildren = children();
            newChildren.removeAll(children);
            assertThat(newChildren).as("child processes").isEmpty();
        });
    }

    /** Targets of the open descriptors by number. */
    private static Map<String, String> descriptors() {
        Map<String, String> targets = new TreeMap<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (!target.matches(
                            "/proc/.*|/sys/.*|/dev/u?random|.*\\.(jar|so|jsa|class)|.*/lib/modules|.*/(test-)?classes(/.*)?")) {
                        targets.put(descriptor.getFileName().toString(), target);
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    // Not open any more, so not held; the one that lists the directory, for example.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return targets;
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        Stream.of(JDK_THREADS, pools).flatMap(List::stream).noneMatch(thread.getName()::startsWith))
                .toList();
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }
}
