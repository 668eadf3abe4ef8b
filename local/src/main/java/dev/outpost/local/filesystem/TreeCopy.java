package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Entry;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.DirectoryChain;
import dev.outpost.linux.file.FileId;
import dev.outpost.linux.file.FileType;
import dev.outpost.linux.file.Links;
import dev.outpost.local.filesystem.TreeWalk.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Copies what is in one directory into another (spec F15). Below the source no link is followed; below the destination
 * links to directories are, as in any path. Stops at the first failure and leaves what was copied. Depth is limited by
 * the disk only.
 */
final class TreeCopy {
    private final FileCopy files;
    private final DirectoryChain source;
    private final DirectoryChain destination;
    private final FileId destinationTop;
    private final Deque<Level> levels = new ArrayDeque<>();

    private TreeCopy(FileCopy files, DirectoryChain source, DirectoryChain destination) {
        this.files = files;
        this.source = source;
        this.destination = destination;
        destinationTop = destination.currentId();
    }

    /** Copies the entries of the directory {@code from} into the directory {@code to}; both exist. */
    static void copy(FileCopy files, Directory root, byte[] from, byte[] to) throws LinuxException, ExecutorException {
        try (DirectoryChain source = new DirectoryChain(root.openDirectory(from, Links.NO_FOLLOW, Purpose.LIST));
                DirectoryChain destination =
                        new DirectoryChain(root.openDirectory(to, Links.FOLLOW, Purpose.LOOK_UP))) {
            new TreeCopy(files, source, destination).run(from);
        }
    }

    private void run(byte[] top) throws LinuxException, ExecutorException {
        checkApart();
        levels.push(new Level(top));
        while (!levels.isEmpty()) {
            Failures.checkInterrupted();
            Level level = levels.element();
            byte[] subdirectory = level.pending.poll();
            if (subdirectory != null) {
                enter(subdirectory);
            } else if (!copyEntries(level)) {
                source.leave();
                destination.leave();
                levels.pop();
            }
        }
    }

    private void enter(byte[] name) throws LinuxException, ExecutorException {
        source.enter(source.current().openDirectory(name, Links.NO_FOLLOW, Purpose.LIST), false);
        checkApart();
        Directory target = destination.current();
        LinuxException exists = null;
        try {
            target.makeDirectory(name, Paths.DIRECTORY_PERMISSIONS);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            exists = e;
        }
        boolean linked = false;
        Directory child;
        try {
            child = target.openDirectory(name, Links.NO_FOLLOW, Purpose.LOOK_UP);
        } catch (LinuxException e) {
            if (exists == null || e.errno() != Errno.ENOTDIR) {
                throw e;
            }
            child = openLinked(target, name, exists);
            linked = true;
        }
        destination.enter(child, linked);
        levels.push(new Level(name));
    }

    private static Directory openLinked(Directory target, byte[] name, LinuxException exists) throws LinuxException {
        try {
            return target.openDirectory(name, Links.FOLLOW, Purpose.LOOK_UP);
        } catch (LinuxException e) {
            // A file, or a link to nowhere: the failure is that it is there.
            throw e.errno() == Errno.ENOTDIR || e.errno() == Errno.ENOENT ? exists : e;
        }
    }

    /** Copies the next entries and remembers which of them are directories; false if there were none. */
    private boolean copyEntries(Level level) throws LinuxException, ExecutorException {
        Directory from = source.current();
        Directory to = destination.current();
        boolean any = false;
        for (Entry entry : from.readEntries(TreeWalk.batchBytes(source.depth()))) {
            any = true;
            byte[] name = entry.name();
            FileType type = entry.type() == FileType.UNKNOWN
                    ? from.status(name, Links.NO_FOLLOW).type()
                    : entry.type();
            switch (type) {
                case DIRECTORY -> level.pending.add(name);
                case REGULAR -> files.copyFile(from, name, to, name);
                case SYMLINK -> FileCopy.copySymlink(from, name, to, name);
                case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE, UNKNOWN -> {}
            }
        }
        return any;
    }

    /** Ends a copy that has come upon its own destination, for instance through a bind mount: it would never end. */
    private void checkApart() throws ExecutorException {
        if (source.currentId().equals(destinationTop)) {
            throw FileCopy.intoItself();
        }
    }
}
