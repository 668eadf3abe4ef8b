package dev.outpost.linux.file;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel can tell of a file from its memory: without waiting for a disk, a network or another process. That is
 * so if it has every name of the path in its cache, and the file is on a file system that keeps what it knows of an open
 * file in memory, which is true of the usual ones on this machine and not of those over a network or in user space.
 *
 * <p>On which kind of file system a file is can't be found out without waiting. So {@link #learn} does that, where waiting
 * is allowed, and its finding is trusted for a second: a device's number may become another's after an unmount.
 *
 * <p>Safe from any thread.
 */
public final class CachedStatus {
    /** ext2 to ext4, XFS, Btrfs, F2FS, tmpfs, overlay. */
    private static final Set<Long> IN_MEMORY =
            Set.of(0xef53L, 0x58465342L, 0x9123683eL, 0xf2f52010L, 0x01021994L, 0x794c7630L);

    private static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So many devices are remembered; then all are forgotten. */
    private static final int MOST_DEVICES = 256;

    private final Map<Long, Finding> findings = new ConcurrentHashMap<>();

    /** The kernel, or a filter of system calls, does not know how; it will not learn. */
    private volatile boolean unsupported;

    /** Linked when first needed: that takes long, and an object that has learnt nothing needs none of it. */
    private static final class Calls {
        static final Libc.Function CLOSE = Libc.function("close");
    }

    private record Finding(boolean inMemory, long nanos) {
        boolean isFresh() {
            return System.nanoTime() - nanos < TRUST_NANOS;
        }
    }

    /** Knows of no file system. */
    public CachedStatus() {}

    /**
     * What an absolute path stands for, a link at its end not followed. Does not wait.
     *
     * @return null if that can't be told without waiting, or at all
     */
    public @Nullable FileStatus look(byte[] path) {
        if (unsupported || findings.isEmpty()) {
            return null;
        }
        try {
            int fd = open(path, OpenHow.RESOLVE_CACHED);
            try {
                FileStatus status = Statx.ofDescriptorFromMemory(fd);
                Finding finding = findings.get(status.id().device());
                return finding != null && finding.inMemory() && finding.isFresh() ? status : null;
            } finally {
                Calls.CLOSE.callOrErrno(fd);
            }
        } catch (LinuxException unknown) {
            return null;
        }
    }

    /**
     * Finds out on which kind of file system a file is, unless that is known. Waits for as long as the file system does.
     *
     * @param path absolute, as given to {@link #look} next time
     * @param status what it stands for
     */
    public void learn(byte[] path, FileStatus status) {
        Finding known = findings.get(status.id().device());
        if (unsupported || (known != null && known.isFresh())) {
            return;
        }
        try {
            int fd = open(path, 0);
            try {
                // Of the very file whose file system is asked for: the path may lead elsewhere by now.
                long device = Statx.ofDescriptor(fd).id().device();
                boolean inMemory = IN_MEMORY.contains(Statfs.kind(fd));
                if (findings.size() >= MOST_DEVICES) {
                    findings.clear();
                }
                findings.put(device, new Finding(inMemory, System.nanoTime()));
            } finally {
                Calls.CLOSE.callOrErrno(fd);
            }
        } catch (LinuxException gone) {
            findings.remove(status.id().device());
        }
    }

    private int open(byte[] path, long resolve) throws LinuxException {
        try {
            return OpenHow.open(path, OpenFlags.NOFOLLOW, resolve);
        } catch (LinuxException e) {
            unsupported |= OpenHow.isUnsupported(e);
            throw e;
        }
    }
}
