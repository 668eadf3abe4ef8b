package dev.outpost.local.bubblewrap;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.DirectoryLock;
import dev.outpost.linux.file.FileReference;
import dev.outpost.linux.file.Links;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Empty directories that are on the disk only so that something can be mounted on them, because a name is protected that
 * does not exist. They are there while a process needs them, and go with the last one, unless somebody has put something
 * in. Safe from any thread; making and removing one takes microseconds.
 *
 * <p>Removing a directory takes away, in every sandbox, what is mounted on it. So whoever needs one shares a lock on it, and
 * only who has the lock alone removes it: servers on the same disk do not take away each other's. An empty directory that
 * was there before may be another server's, and is locked likewise.
 *
 * <p>A server that is killed can't remove them. So an observer that outlives it is told of each before it is made.
 */
public final class Placeholders {
    private static final Logger LOG = System.getLogger(Placeholders.class.getName());
    private static final int PERMISSIONS = 0755;
    private static final HostPath PARENT = HostPath.of("..");

    /** So often a lock is asked for, while somebody who is removing the directory has it, a millisecond apart. */
    private static final int MOST_ATTEMPTS = 50;

    private final Observer observer;
    private final Object lock = new Object();
    /** Guarded by the lock, which is also held while one is made or removed. */
    private final Map<HostPath, Place> places = new HashMap<>();

    /** Is told of placeholders, with a lock held: must not block. */
    public interface Observer {
        /** One is about to be made. */
        void making(HostPath placeholder);

        /** It was removed, or could not be made, or is somebody else's by now. */
        void gone(HostPath placeholder);
    }

    /** A directory that is needed. */
    private static final class Place {
        final boolean made;
        /** Null if its file system has no locks. */
        final @Nullable DirectoryLock shared;

        int users;

        Place(boolean made, @Nullable DirectoryLock shared) {
            this.made = made;
            this.shared = shared;
        }
    }

    /** None yet. */
    public Placeholders(Observer observer) {
        this.observer = observer;
    }

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
     * Makes those that aren't there, and keeps other servers from removing those that are. May wait for 50 ms for each.
     *
     * @param paths without symbolic links on the way
     * @throws LinuxException if one can't be made
     * @throws ExecutorException {@code FAILED} if somebody has the lock of one for himself. In both cases none is kept
     */
    public Held hold(List<HostPath> paths) throws LinuxException, ExecutorException {
        Held held = new Held();
        synchronized (lock) {
            try {
                for (HostPath path : paths) {
                    Place place = places.get(path);
                    if (place == null) {
                        place = take(path);
                        if (place == null) {
                            continue;
                        }
                        places.put(path, place);
                    }
                    place.users++;
                    held.paths.add(path);
                }
            } catch (LinuxException | ExecutorException failure) {
                held.close();
                throw failure;
            }
        }
        return held;
    }

    private void release(List<HostPath> paths) {
        synchronized (lock) {
            for (HostPath path : paths.reversed()) {
                Place place = places.get(path);
                if (place != null && --place.users == 0) {
                    places.remove(path);
                    giveUp(path, place);
                }
            }
        }
    }

    /** Null if what is there is no directory: somebody has put it there, and nobody takes it for a placeholder. */
    private @Nullable Place take(HostPath path) throws LinuxException, ExecutorException {
        boolean made = false;
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                DirectoryLock shared = DirectoryLock.share(path.toBytes());
                if (isAt(path, shared)) {
                    return new Place(made, shared);
                }
                shared.close();
            } catch (LinuxException failure) {
                switch (failure.errno()) {
                    case Errno.ENOENT -> made |= make(path);
                    case Errno.EAGAIN -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                    case Errno.ENOTDIR, Errno.ELOOP -> {
                        return null;
                    }
                    default -> {
                        return new Place(made, null);
                    }
                }
            }
        }
        if (made) {
            giveUp(path, new Place(true, null));
        }
        throw new ExecutorException(
                FailureKind.FAILED,
                path + " can't be protected, because another process has locked it or keeps replacing it; end that"
                        + " process");
    }

    private static boolean isAt(HostPath path, DirectoryLock lock) {
        try (FileReference reference = FileReference.openWithoutLinks(path.toBytes())) {
            return reference.status().id().equals(lock.id());
        } catch (LinuxException failure) {
            // What can't be asked is believed: then there is no openat2.
            return FileReference.isUnsupported(failure);
        }
    }

    /** Whether it was made; if not it is somebody else's. */
    private boolean make(HostPath path) throws LinuxException {
        try (Directory parent = openParent(path)) {
            observer.making(path);
            parent.makeDirectory(name(path), PERMISSIONS);
            return true;
        } catch (LinuxException failure) {
            observer.gone(path);
            if (failure.errno() == Errno.EEXIST) {
                return false;
            }
            throw failure;
        }
    }

    private void giveUp(HostPath path, Place place) {
        DirectoryLock shared = place.shared;
        if (place.made && (shared == null || shared.tryUpgrade() && isAt(path, shared))) {
            try (Directory parent = openParent(path)) {
                parent.removeDirectory(name(path));
            } catch (LinuxException usedOrGone) {
                LOG.log(Level.DEBUG, "placeholder " + path + " stays", usedOrGone);
            }
        }
        if (place.made) {
            observer.gone(path);
        }
        if (shared != null) {
            shared.close();
        }
    }

    private static Directory openParent(HostPath path) throws LinuxException {
        byte[] parent = path.resolve(PARENT).normalized().toBytes();
        try {
            return Directory.openWithoutLinks(parent);
        } catch (LinuxException failure) {
            if (!FileReference.isUnsupported(failure)) {
                throw failure;
            }
            // Then at least its last name is no link.
            return Directory.host().openDirectory(parent, Links.NO_FOLLOW, Directory.Purpose.LOOK_UP);
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
