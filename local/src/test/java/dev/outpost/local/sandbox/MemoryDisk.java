package dev.outpost.local.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.file.FileId;
import dev.outpost.linux.file.FileType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A disk of a few names. */
final class MemoryDisk implements PolicyDisk {
    private final Map<HostPath, Found> found = new HashMap<>();
    private final Map<HostPath, HostPath> links = new HashMap<>();
    private final Map<HostPath, byte[]> contents = new HashMap<>();

    MemoryDisk directories(String... paths) {
        put("/", FileType.DIRECTORY);
        for (String path : paths) {
            for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
                put(path.substring(0, slash), FileType.DIRECTORY);
            }
            put(path, FileType.DIRECTORY);
        }
        return this;
    }

    MemoryDisk file(String path, String content) {
        contents.put(put(path, FileType.REGULAR), content.getBytes(UTF_8));
        return this;
    }

    MemoryDisk link(String path, String target) {
        links.put(put(path, FileType.SYMLINK), HostPath.of(target));
        return this;
    }

    private HostPath put(String path, FileType type) {
        HostPath key = HostPath.of(path);
        found.putIfAbsent(key, new Found(type, new FileId(1, found.size() + 1)));
        return key;
    }

    @Override
    public @Nullable Found look(HostPath path) {
        return found.get(path);
    }

    @Override
    public @Nullable HostPath readLink(HostPath path) {
        return links.get(path);
    }

    @Override
    public List<Child> children(HostPath directory) {
        return found.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(HostPath.of("/")))
                .filter(entry -> Arrays.equals(Locations.parent(entry.getKey().toBytes()), directory.toBytes()))
                .map(entry -> new Child(
                        HostPath.ofBytes(Locations.name(entry.getKey().toBytes())),
                        entry.getValue().type()))
                .toList();
    }

    @Override
    public boolean isEmpty(HostPath directory) {
        return children(directory).isEmpty();
    }

    @Override
    public boolean canGetNames(HostPath directory) {
        return true;
    }

    @Override
    public byte[] beginning(HostPath file) {
        return contents.getOrDefault(file, new byte[0]);
    }
}
