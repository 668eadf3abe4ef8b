package dev.outpost.local.filesystem;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.FileId;
import dev.outpost.linux.file.Links;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Operations along a path. */
final class Paths {
    /** Mode of directories that are made, less the umask. */
    static final int DIRECTORY_PERMISSIONS = 0777;

    private Paths() {}

    /** Makes a directory and those above it that are missing; one that exists is fine (spec F11). */
    static void makeDirectories(Directory root, byte[] path) throws LinuxException {
        Deque<byte[]> missing = new ArrayDeque<>();
        byte[] at = path;
        while (!makeDirectory(root, at)) {
            missing.push(at);
            byte[] parent = parent(at);
            if (parent == null) {
                throw new LinuxException("mkdirat", Errno.ENOENT);
            }
            at = parent;
        }
        while (!missing.isEmpty()) {
            if (!makeDirectory(root, missing.pop())) {
                throw new LinuxException("mkdirat", Errno.ENOENT);
            }
        }
    }

    /**
     * Whether the existing part of a path lies in a directory or is that directory itself. Compares the directories
     * themselves rather than their names, so links and bind mounts don't deceive it.
     */
    static boolean leadsInto(Directory root, byte[] path, FileId ancestor) throws LinuxException {
        Directory at = openLongestPrefix(root, path);
        try {
            while (at != null) {
                FileId id = at.status().id();
                if (id.equals(ancestor)) {
                    return true;
                }
                Directory above = at.openParent();
                at.close();
                at = above;
                if (at.status().id().equals(id)) {
                    return false;
                }
            }
            return false;
        } finally {
            if (at != null) {
                at.close();
            }
        }
    }

    private static @Nullable Directory openLongestPrefix(Directory root, byte[] path) throws LinuxException {
        for (byte[] at = path; at != null; at = parent(at)) {
            try {
                return root.openDirectory(at, Links.FOLLOW, Purpose.LOOK_UP);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                    throw e;
                }
            }
        }
        return null;
    }

    /** False if it can't be made because its parent is missing. */
    private static boolean makeDirectory(Directory root, byte[] path) throws LinuxException {
        try {
            root.makeDirectory(path, DIRECTORY_PERMISSIONS);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            if (isDirectory(root, path)) {
                return true;
            }
            throw e;
        }
    }

    private static boolean isDirectory(Directory root, byte[] path) {
        try {
            return root.status(path, Links.FOLLOW).isDirectory();
        } catch (LinuxException e) {
            return false;
        }
    }

    /** The path without its last component, or null if there is only one. */
    private static byte @Nullable [] parent(byte[] path) {
        for (int at = path.length - 1; at >= 0; at--) {
            if (path[at] == '/') {
                if (at == 0) {
                    return path.length == 1 ? null : new byte[] {'/'};
                }
                return Arrays.copyOf(path, at);
            }
        }
        return null;
    }
}
