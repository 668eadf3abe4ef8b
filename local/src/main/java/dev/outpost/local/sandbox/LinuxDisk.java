package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.file.OpenFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The disk of this machine, with all rights of this process. Safe from any thread. */
final class LinuxDisk implements PolicyDisk {
    private static final int BEGINNING_BYTES = 4096;

    @Override
    public @Nullable Found look(HostPath path) {
        if (path.hasNul()) {
            return null;
        }
        try {
            FileStatus status = Directory.host().status(path.toBytes(), Links.NO_FOLLOW);
            return new Found(status.type(), status.id());
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
