package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.ROOT_READ;
import static dev.outpost.local.sandbox.Profiles.context;
import static dev.outpost.local.sandbox.Profiles.read;
import static dev.outpost.local.sandbox.Profiles.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.file.OpenFile;
import dev.outpost.local.sandbox.FileSandbox.Operation;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSandboxTest {
    private static final SandboxHost HOST = SandboxHost.local(null);

    @TempDir
    Path root;

    private FileSandbox sandbox = new FileSandbox(SandboxMode.ENFORCE, HOST, SandboxLimits.DEFAULT);

    @AfterEach
    void close() {
        sandbox.close();
    }

    @BeforeEach
    void layOut() throws Exception {
        root = root.toRealPath();
        Files.createDirectories(root.resolve("in"));
        Files.createDirectories(root.resolve("out"));
        Files.writeString(root.resolve("in/f"), "f");
        Files.writeString(root.resolve("out/secret"), "secret");
    }

    private SandboxContext limited(PolicyEntry... more) {
        PolicyEntry[] entries = List.of(more).toArray(new PolicyEntry[more.length + 1]);
        entries[more.length] = write(root + "/in");
        return context(entries);
    }

    private byte[] at(String relative) {
        return (root + "/" + relative).getBytes(UTF_8);
    }

    private static byte[] path(String path) {
        return path.getBytes(UTF_8);
    }

    private static Operation<Boolean> open(byte[] path) {
        return root -> {
            root.openForReading(path, Links.FOLLOW).discard();
            return true;
        };
    }

    /** An operation that asks the kernel and nobody else. */
    private static <T> Operation<T> unguarded(Operation<T> operation) {
        return _ -> operation.run(Directory.host());
    }

    private void fails(int errno, SandboxContext context, Operation<?> operation) {
        assertThatThrownBy(() -> sandbox.run(context, operation))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    @Spec("F69")
    void theKernelRefusesWhatNobodyElseDecidedOn() throws Exception {
        SandboxContext context = limited();
        assertThat(sandbox.run(context, unguarded(open(at("in/f"))))).isTrue();
        assertThat(sandbox.run(context, unguarded(open(path("/etc/passwd"))))).isTrue();
        fails(Errno.EACCES, context, unguarded(open(at("out/secret"))));
        fails(
                Errno.EACCES,
                context,
                unguarded(directory -> directory.openDirectory(at("out"), Links.FOLLOW, Purpose.LIST)));
        fails(Errno.EACCES, context, unguarded(directory -> {
            directory.makeDirectory(at("out/d"), 0700);
            return true;
        }));
        SandboxContext all = limited(ROOT_READ);
        assertThat(sandbox.run(all, unguarded(open(at("out/secret"))))).isTrue();
        fails(Errno.EACCES, all, unguarded(directory -> directory.openForWriting(at("out/n"), 0600)));
        fails(
                Errno.EACCES,
                all,
                unguarded(directory -> directory.openExistingForWriting(at("out/secret"), Links.FOLLOW)));
        fails(Errno.EACCES, all, unguarded(directory -> {
            directory.unlink(at("out/secret"));
            return true;
        }));
        assertThat(root.resolve("out/secret")).hasContent("secret");
        assertThat(root.resolve("out/d")).doesNotExist();
    }

    @Test
    @Spec("F69a")
    void theKernelKeepsProcessesClosedToo() {
        for (String path : List.of("/proc/self/environ", "/proc/1/environ", "/dev/kmsg")) {
            fails(Errno.EACCES, limited(ROOT_READ), unguarded(open(path(path))));
        }
        assertThat(Path.of("/proc/self/environ")).isReadable();
    }

    @Test
    void otherThreadsStayFree() throws Exception {
        boolean _ = sandbox.run(limited(), open(at("in/f")));
        try (OpenFile file = Directory.host().openForReading(at("out/secret"), Links.FOLLOW)) {
            assertThat(file.status().isRegular()).isTrue();
        }
    }

    @Test
    void doesNothingOnACallersThread() throws Exception {
        String name = sandbox.run(limited(), _ -> Thread.currentThread().getName());
        assertThat(name).startsWith("sandbox-");
    }

    @Test
    @Spec("E5")
    void modesDecideWhoEnforces() {
        FileSandbox none = new FileSandbox(SandboxMode.NONE, HOST, SandboxLimits.DEFAULT);
        assertThat(none.restricts(limited())).isTrue();
        assertThatThrownBy(() -> none.run(limited(), open(at("in/f"))))
                .hasMessage("sandboxed filesystem operations require configured runtime paths");
        FileSandbox external = new FileSandbox(SandboxMode.EXTERNAL, HOST, SandboxLimits.DEFAULT);
        assertThat(external.restricts(limited())).isFalse();
        assertThat(sandbox.restricts(null)).isFalse();
    }

    @Test
    void whatTheDiskSaysIsFoundOutAgain() throws Exception {
        sandbox =
                new FileSandbox(SandboxMode.ENFORCE, HOST, new SandboxLimits(4, Duration.ofMillis(50), Duration.ZERO));
        SandboxContext later = context(ROOT_READ, write(root + "/later"));
        Operation<Boolean> create = directory -> {
            directory.openForWriting(at("later/n"), 0600).close();
            return true;
        };
        fails(Errno.ENOENT, later, create);
        Files.createDirectory(root.resolve("later"));
        await().ignoreExceptionsInstanceOf(LinuxException.class).until(() -> sandbox.run(later, create));
    }

    @Test
    void threadsAndPoliciesAreBounded() throws Exception {
        LeakCheck leaks = LeakCheck.before();
        Set<Thread> others = threads();
        sandbox = new FileSandbox(
                SandboxMode.ENFORCE, HOST, new SandboxLimits(2, Duration.ofHours(1), Duration.ofHours(1)));
        for (int i = 0; i < 6; i++) {
            assertThat(sandbox.run(limited(read("/" + i)), open(at("in/f")))).isTrue();
        }
        // Those of the two that were used last.
        await().untilAsserted(() -> assertThat(threads())
                .filteredOn(thread -> !others.contains(thread))
                .hasSize(2));
        // Of others nothing is left.
        sandbox.run(limited(read("/x")), open(at("in/f")));
        await().untilAsserted(() -> assertThat(threads())
                .filteredOn(thread -> !others.contains(thread))
                .hasSize(2));
        sandbox.close();
        leaks.assertNoLeak();
    }

    /** Those of all sandboxes in this JVM; the ones of another test may stay until they have been idle for a time. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("sandbox-\\d+-\\d+"))
                .collect(Collectors.toSet());
    }

    @Test
    void anInterruptReachesTheWork() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.ofPlatform()
                .start(() -> catching(
                        thrown,
                        () -> sandbox.run(limited(), _ -> {
                            working.countDown();
                            try {
                                new CountDownLatch(1).await();
                                return true;
                            } catch (InterruptedException e) {
                                throw new LinuxException("interrupted", Errno.EINTR);
                            }
                        })));
        working.await();
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(LinuxException.class);
        // And not the next one's.
        boolean interrupted = sandbox.run(limited(), _ -> Thread.currentThread().isInterrupted());
        assertThat(interrupted).isFalse();
    }

    private static void catching(AtomicReference<Throwable> thrown, ThrowingCallable work) {
        try {
            work.call();
        } catch (Throwable e) {
            thrown.set(e);
        }
    }
}
