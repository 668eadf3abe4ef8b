package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Entry;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.DirectoryChain;
import dev.outpost.linux.file.FileType;
import dev.outpost.linux.file.Links;
import dev.outpost.local.filesystem.TreeWalk.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes a directory with all that is in it (spec F14). Never follows a link, whatever happens to the tree meanwhile.
 * What vanishes by itself is fine; what is added is removed as well, but not forever: a directory that is still not
 * empty after a few attempts fails with ENOTEMPTY. Stops at the first failure. Depth is limited by the disk only.
 */
final class TreeRemoval implements AutoCloseable {
    private static final int MOST_REREADS = 8;

    private final Directory root;
    private final DirectoryChain chain;
    private final Deque<Level> levels = new ArrayDeque<>();

    private TreeRemoval(Directory root, byte[] path) throws LinuxException {
        this.root = root;
        chain = new DirectoryChain(root.openDirectory(path, Links.NO_FOLLOW, Purpose.LIST));
        levels.push(new Level(path));
    }

    /** Removes the directory at a path. */
    static void remove(Directory root, byte[] path) throws LinuxException, ExecutorException {
        try (TreeRemoval removal = new TreeRemoval(root, path)) {
            removal.run();
        }
    }

    @Override
    public void close() {
        chain.close();
    }

    private void run() throws LinuxException, ExecutorException {
        while (!levels.isEmpty()) {
            Failures.checkInterrupted();
            Level level = levels.element();
            byte[] subdirectory = level.pending.poll();
            if (subdirectory != null) {
                enter(subdirectory);
            } else if (!removeEntries(level) && removeEmptied(level)) {
                chain.leave();
                levels.pop();
            }
        }
    }

    private void enter(byte[] name) throws LinuxException {
        Directory child;
        try {
            child = chain.current().openDirectory(name, Links.NO_FOLLOW, Purpose.LIST);
        } catch (LinuxException e) {
            switch (e.errno()) {
                case Errno.ENOENT -> {}
                // Something else has taken its place.
                case Errno.ENOTDIR, Errno.ELOOP -> unlink(chain.current(), name);
                default -> throw e;
            }
            return;
        }
        chain.enter(child, false);
        levels.push(new Level(name));
    }

    /** Removes the next entries and remembers which of them are directories; false if there were none. */
    private boolean removeEntries(Level level) throws LinuxException {
        Directory directory = chain.current();
        boolean any = false;
        for (Entry entry : directory.readEntries(TreeWalk.batchBytes(chain.depth()))) {
            any = true;
            if (entry.type() == FileType.DIRECTORY || !unlink(directory, entry.name())) {
                level.pending.add(entry.name());
            }
        }
        return any;
    }

    /** False if it is a directory. */
    private static boolean unlink(Directory directory, byte[] name) throws LinuxException {
        try {
            directory.unlink(name);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EISDIR) {
                return false;
            }
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            return true;
        }
    }

    /** Removes the current directory itself; false if something was added to it, which is looked for again. */
    private boolean removeEmptied(Level level) throws LinuxException {
        Directory above = levels.size() == 1 ? root : chain.parent();
        try {
            above.removeDirectory(level.name);
        } catch (LinuxException e) {
            switch (e.errno()) {
                case Errno.ENOENT -> {}
                // It was moved away, and something else has taken its place. If that is a directory by now, the name
                // was free in between, and the directory above finds it when it looks again.
                case Errno.ENOTDIR -> unlink(above, level.name);
                case Errno.ENOTEMPTY -> {
                    if (level.rereads == MOST_REREADS) {
                        throw e;
                    }
                    level.rereads++;
                    chain.current().rewind();
                    return false;
                }
                default -> throw e;
            }
        }
        return true;
    }
}
