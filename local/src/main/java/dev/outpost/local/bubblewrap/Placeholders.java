package dev.outpost.local.bubblewrap;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Links;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Empty directories that are on the disk only so that something can be mounted on them, because a name is protected that
 * does not exist. They are there while a process needs them, and go with the last one, unless somebody has put something
 * in. Safe from any thread; making and removing one takes microseconds.
 *
 * <p>A server that is killed leaves them behind, as empty directories.
 */
public final class Placeholders {
    private static final Logger LOG = System.getLogger(Placeholders.class.getName());
    private static final int PERMISSIONS = 0755;
    private static final HostPath PARENT = HostPath.of("..");

    private final Object lock = new Object();
    /** How many processes need each; guarded by the lock, which is also held while one is made or removed. */
    private final Map<HostPath, Integer> users = new HashMap<>();

    /** The placeholders of one process. */
    public final class Held implements AutoCloseable {
        private final List<HostPath> paths = new ArrayList<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        private Held() {}

        /** Removes those that no other process needs. Idempotent. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release(paths);
            }
        }
    }

    /**
     * Makes those that aren't there.
     *
     * @param paths without symbolic links on the way
     * @throws LinuxException if one can't be made; none is kept then
     */
    public Held hold(List<HostPath> paths) throws LinuxException {
        Held held = new Held();
        synchronized (lock) {
            try {
                for (HostPath path : paths) {
                    if (users.containsKey(path) || make(path)) {
                        users.merge(path, 1, Integer::sum);
                        held.paths.add(path);
                    }
                }
            } catch (LinuxException failure) {
                held.close();
                throw failure;
            }
        }
        return held;
    }

    private void release(List<HostPath> paths) {
        synchronized (lock) {
            for (HostPath path : paths.reversed()) {
                if (users.merge(path, -1, Integer::sum) == 0) {
                    users.remove(path);
                    remove(path);
                }
            }
        }
    }

    /** Whether it was made; if not it is somebody else's, who made it meanwhile. */
    private static boolean make(HostPath path) throws LinuxException {
        try (Directory parent = openParent(path)) {
            parent.makeDirectory(name(path), PERMISSIONS);
            return true;
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.EEXIST) {
                return false;
            }
            throw failure;
        }
    }

    private static void remove(HostPath path) {
        try (Directory parent = openParent(path)) {
            parent.removeDirectory(name(path));
        } catch (LinuxException usedOrGone) {
            LOG.log(Level.DEBUG, "placeholder " + path + " stays", usedOrGone);
        }
    }

    private static Directory openParent(HostPath path) throws LinuxException {
        byte[] parent = path.resolve(PARENT).normalized().toBytes();
        try {
            return Directory.openWithoutLinks(parent);
        } catch (LinuxException failure) {
            return switch (failure.errno()) {
                // A kernel or a filter that doesn't know openat2: then at least its last name is no link.
                case Errno.ENOSYS, Errno.EPERM, Errno.EINVAL ->
                    Directory.host().openDirectory(parent, Links.NO_FOLLOW, Directory.Purpose.LOOK_UP);
                default -> throw failure;
            };
        }
    }

    private static byte[] name(HostPath path) {
        byte[] bytes = path.toBytes();
        int slash = bytes.length - 1;
        while (bytes[slash] != '/') {
            slash--;
        }
        return Arrays.copyOfRange(bytes, slash + 1, bytes.length);
    }
}
