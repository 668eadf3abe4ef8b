package dev.outpost.linux.file;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directories from the top of a tree down to the one that is being worked in, however deep: only the lowest 32 hold
 * a descriptor. A higher one is opened again through {@code ..} when the walk comes back to it, and checked to be the
 * same directory, so that a tree which is moved meanwhile never leads the walk elsewhere. Owns its directories. For one
 * thread at a time.
 */
public final class DirectoryChain implements AutoCloseable {
    private static final int OPEN_LEVELS = 32;

    private final List<Level> levels = new ArrayList<>();

    /** Starts at {@code top}, which it takes over. */
    public DirectoryChain(Directory top) throws LinuxException {
        enter(top, false);
    }

    /** How many directories there are, the top included. */
    public int depth() {
        return levels.size();
    }

    /** The lowest directory. */
    public Directory current() {
        return levels.getLast().open();
    }

    /** Which directory {@link #current} is. */
    public FileId currentId() {
        return levels.getLast().id;
    }

    /**
     * The directory above {@link #current}, which must not be the top.
     *
     * @throws LinuxException ESTALE if {@link #current} was moved elsewhere meanwhile
     */
    public Directory parent() throws LinuxException {
        Level level = levels.get(levels.size() - 2);
        if (level.directory == null) {
            level.directory = reopened(level);
        }
        return level.directory;
    }

    /**
     * Goes down, and takes over the directory even if this fails.
     *
     * @param linked whether it was reached through a symbolic link, so that its {@code ..} is not {@link #current}
     */
    public void enter(Directory child, boolean linked) throws LinuxException {
        try {
            levels.add(new Level(child, child.status().id(), linked));
        } catch (LinuxException | RuntimeException e) {
            child.close();
            throw e;
        }
        int far = levels.size() - 1 - OPEN_LEVELS;
        // The way back into a directory leads through "..", so above a link the descriptor has to be kept.
        if (far >= 0 && !levels.get(far + 1).linked) {
            levels.get(far).park();
        }
    }

    /** Goes up: closes {@link #current}. At the top that ends the chain. */
    public void leave() throws LinuxException {
        if (levels.size() > 1) {
            parent();
        }
        levels.removeLast().park();
    }

    /** Closes all; idempotent. */
    @Override
    public void close() {
        while (!levels.isEmpty()) {
            levels.removeLast().park();
        }
    }

    private Directory reopened(Level level) throws LinuxException {
        Directory directory = current().openParent();
        try {
            if (!directory.status().id().equals(level.id)) {
                throw new LinuxException("the directory was moved while it was being worked in", Errno.ESTALE);
            }
            if (level.position != 0) {
                directory.seek(level.position);
            }
            return directory;
        } catch (LinuxException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static final class Level {
        final FileId id;
        final boolean linked;

        /** Null while parked. */
        @Nullable Directory directory;

        long position;

        Level(Directory directory, FileId id, boolean linked) {
            this.directory = directory;
            this.id = id;
            this.linked = linked;
        }

        Directory open() {
            if (directory == null) {
                throw new IllegalStateException("parked");
            }
            return directory;
        }

        void park() {
            Directory parked = directory;
            if (parked != null) {
                position = parked.position();
                directory = null;
                parked.close();
            }
        }
    }
}
