package dev.outpost.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Files in memory on a disk that is as slow as the test wants. */
final class FakeFiles implements ExecutorFileSystem {
    /** What an operation waits for, by path; an absent path waits for nothing. */
    private final Map<String, Semaphore> gates = new HashMap<>();

    private final Map<String, byte[]> contents = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final AtomicInteger openContents = new AtomicInteger();

    /** Lets operations on a path wait for permits. */
    synchronized Semaphore slow(String path) {
        return gates.computeIfAbsent(path, _ -> new Semaphore(0));
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** Contents that were read and not freed. */
    int openContents() {
        return openContents.get();
    }

    synchronized void put(String path, byte[] content) {
        contents.put(path, content);
    }

    synchronized byte @Nullable [] get(String path) {
        return contents.get(path);
    }

    @Override
    public FileContent readFile(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        begin("read", path);
        byte[] content;
        synchronized (this) {
            content = contents.get(path.toString());
        }
        if (content == null) {
            throw new ExecutorException(FailureKind.NOT_FOUND, "No such file or directory (os error 2)");
        }
        openContents.incrementAndGet();
        FileContent bytes = FileContent.of(content);
        return new FileContent() {
            @Override
            public long size() {
                return bytes.size();
            }

            @Override
            public int copy(long position, byte[] target, int offset, int length) {
                return bytes.copy(position, target, offset, length);
            }

            @Override
            public void close() {
                openContents.decrementAndGet();
            }
        };
    }

    @Override
    public void writeFile(HostPath path, FileContent content, @Nullable SandboxContext sandbox) {
        begin("write", path);
        put(path.toString(), content.toByteArray());
    }

    @Override
    public void createDirectory(HostPath path, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        begin("create", path);
        switch (path.toString()) {
            case "/rejected" -> throw new ExecutorException(FailureKind.REJECTED, "Permission denied (os error 13)");
            case "/invalid" -> throw new ExecutorException(FailureKind.INVALID_ARGUMENT, "not acceptable");
            case "/failed" -> throw new ExecutorException(FailureKind.FAILED, "File exists (os error 17)");
            case "/bug" -> throw new IllegalStateException("secret of the implementation");
            case "/no-memory" -> throw new OutOfMemoryError("secret of the implementation");
            default -> {}
        }
    }

    @Override
    public FileMetadata getMetadata(HostPath path, @Nullable SandboxContext sandbox) {
        begin("metadata", path);
        byte[] content = get(path.toString());
        return new FileMetadata(false, content != null, false, content == null ? 0 : content.length, 0, 0);
    }

    @Override
    public @Nullable FileMetadata metadataAtOnce(HostPath path, @Nullable SandboxContext sandbox) {
        if (!path.toString().startsWith("/known")) {
            return null;
        }
        synchronized (this) {
            calls.add("known " + path);
        }
        if (path.toString().endsWith("/bug")) {
            throw new IllegalStateException("secret of the implementation");
        }
        return new FileMetadata(false, true, false, 1, 0, 0);
    }

    @Override
    public List<DirectoryEntry> readDirectory(HostPath path, @Nullable SandboxContext sandbox) {
        begin("list", path);
        return List.of(new DirectoryEntry("a", false, true));
    }

    @Override
    public void remove(HostPath path, boolean recursive, boolean force, @Nullable SandboxContext sandbox) {
        begin("remove", path);
        synchronized (this) {
            contents.remove(path.toString());
        }
    }

    @Override
    public void copy(HostPath source, HostPath destination, boolean recursive, @Nullable SandboxContext sandbox) {
        begin("copy", source);
        byte[] content = get(source.toString());
        put(destination.toString(), content == null ? "".getBytes(UTF_8) : content);
    }

    private void begin(String what, HostPath path) {
        Semaphore gate;
        synchronized (this) {
            calls.add(what + " " + path);
            gate = gates.get(path.toString());
        }
        if (gate != null) {
            gate.acquireUninterruptibly();
        }
    }
}
