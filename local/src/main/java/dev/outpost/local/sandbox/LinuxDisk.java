package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.Errno;
import dev.outpost.linux.FileAccess;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Entry;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.FileType;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.file.OpenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The disk of this machine, with all rights of this process. Safe from any thread. */
final class LinuxDisk implements PolicyDisk {
    private static final int BEGINNING_BYTES = 4096;
    private static final int BATCH_BYTES = 65536;
    private static final int FEW_BYTES = 512;
    private static final int OWNER_WRITES_AND_SEARCHES = 0300;

    @Override
    public @Nullable Found look(HostPath path) {
        FileStatus status = status(path);
        return status == null ? null : new Found(status.type(), status.id());
    }

    /** What has this name, itself if it is a link; null if nothing has, or it can't be asked. */
    static @Nullable FileStatus status(HostPath path) {
        if (path.hasNul()) {
            return null;
        }
        try {
            return Directory.host().status(path.toBytes(), Links.NO_FOLLOW);
        } catch (LinuxException e) {
            return null;
        }
    }

    @Override
    public @Nullable HostPath readLink(HostPath path) {
        try {
            return HostPath.ofBytes(Directory.host().readSymlink(path.toBytes()));
        } catch (LinuxException e) {
            return null;
        }
    }

    @Override
    public List<Child> children(HostPath directory) {
        List<Child> children = new ArrayList<>();
        try (Directory open =
                Directory.host().openDirectory(directory.toBytes(), Links.NO_FOLLOW, Directory.Purpose.LIST)) {
            for (List<Entry> batch = open.readEntries(BATCH_BYTES);
                    !batch.isEmpty();
                    batch = open.readEntries(BATCH_BYTES)) {
                for (Entry entry : batch) {
                    FileType type = entry.type() == FileType.UNKNOWN
                            ? open.status(entry.name(), Links.NO_FOLLOW).type()
                            : entry.type();
                    children.add(new Child(HostPath.ofBytes(entry.name()), type));
                }
            }
        } catch (LinuxException e) {
            // What can't be read, or is gone meanwhile, has nothing more to tell.
        }
        return children;
    }

    @Override
    public boolean isEmpty(HostPath directory) {
        try (Directory open =
                Directory.host().openDirectory(directory.toBytes(), Links.NO_FOLLOW, Directory.Purpose.LIST)) {
            return open.readEntries(FEW_BYTES).isEmpty();
        } catch (LinuxException e) {
            return false;
        }
    }

    @Override
    public boolean canGetNames(HostPath directory) {
        return switch (FileAccess.check(directory.toBytes(), FileAccess.WRITE | FileAccess.EXECUTE)) {
            case Errno.EROFS -> false;
            // Its owner could change its permissions. With those that it has he would be let in, so he is another one.
            case Errno.EACCES -> (permissions(directory) & OWNER_WRITES_AND_SEARCHES) != OWNER_WRITES_AND_SEARCHES;
            default -> true;
        };
    }

    private static int permissions(HostPath path) {
        FileStatus status = status(path);
        return status == null ? 0 : status.permissions();
    }

    @Override
    public byte[] beginning(HostPath file) {
        byte[] bytes = new byte[BEGINNING_BYTES];
        int length = 0;
        try (OpenFile open = Directory.host().openForReading(file.toBytes(), Links.NO_FOLLOW)) {
            if (!open.status().isRegular()) {
                return new byte[0];
            }
            for (int count = 1; count > 0 && length < bytes.length; ) {
                count = open.read(bytes, length, bytes.length - length);
                length += Math.max(0, count);
            }
        } catch (LinuxException e) {
            return new byte[0];
        }
        return Arrays.copyOf(bytes, length);
    }
}
