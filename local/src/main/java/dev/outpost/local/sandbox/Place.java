package dev.outpost.local.sandbox;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.FileReference;
import dev.outpost.linux.file.Links;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Where a name is: an open directory whose location is known, and the name in it, which may be a link. Made by following
 * all links before the name, none of them by the kernel, and none through what the policy does not show.
 */
final class Place implements AutoCloseable {
    /** As the kernel has it. */
    static final int MOST_LINKS = 40;

    private static final byte[] SELF = {'.'};

    /** Whether the kernel can't be asked to resolve a path without links; it will not learn. */
    private static volatile boolean oneByOne;

    private final Directory parent;
    private final boolean owned;
    private final byte[] name;
    private final byte[] location;

    private Place(Directory parent, boolean owned, byte[] name, byte[] location) {
        this.parent = parent;
        this.owned = owned;
        this.name = name;
        this.location = location;
    }

    /**
     * Finds the place of a path.
     *
     * @param directory where a relative path starts, which has to be a single name; stays the caller's
     * @param location of {@code directory}
     * @param path not empty
     */
    static Place find(SandboxPolicy policy, Directory directory, byte[] location, byte[] path) throws LinuxException {
        if (path[0] != '/') {
            return new Place(directory, false, path, Locations.child(location, path));
        }
        if (!oneByOne && Locations.isNormalized(path) && path.length > 1) {
            byte[] parent = Locations.parent(path);
            if (policy.isVisible(parent)) {
                try {
                    return new Place(Directory.openWithoutLinks(parent), true, Locations.name(path), path);
                } catch (LinuxException e) {
                    if (FileReference.isUnsupported(e)) {
                        oneByOne = true;
                    } else if (e.errno() != Errno.ELOOP) {
                        throw e;
                    }
                }
            }
        }
        try (Walk walk = new Walk(policy)) {
            return walk.find(path);
        }
    }

    /** The directory that the name is in. */
    Directory parent() {
        return parent;
    }

    /** The name: a single component, or {@code .} for the directory itself. */
    byte[] name() {
        return name;
    }

    /** Where that is, if the name is no link. */
    byte[] location() {
        return location;
    }

    @Override
    public void close() {
        if (owned) {
            parent.close();
        }
    }

    /** The way from the root, component by component. */
    private static final class Walk implements AutoCloseable {
        private final SandboxPolicy policy;
        private final Deque<byte[]> rest = new ArrayDeque<>();
        private Directory at;
        private byte[] location = Locations.ROOT;
        private int links;

        Walk(SandboxPolicy policy) throws LinuxException {
            this.policy = policy;
            at = openRoot();
        }

        Place find(byte[] path) throws LinuxException {
            push(path);
            while (!rest.isEmpty()) {
                byte[] name = rest.pop();
                if (Locations.isDotDot(name, 0, name.length)) {
                    goTo(Locations.parent(location));
                } else if (rest.isEmpty()) {
                    return hand(name, Locations.child(location, name));
                } else {
                    enter(name);
                }
            }
            return hand(SELF, location);
        }

        private void enter(byte[] name) throws LinuxException {
            byte[] there = Locations.child(location, name);
            if (!policy.isVisible(there)) {
                Decision decision = policy.decide(there);
                throw new LinuxException("sandbox", decision.isDenied() ? Errno.EACCES : Errno.ENOENT);
            }
            Directory child;
            try {
                child = at.openDirectory(name, Links.NO_FOLLOW, Purpose.LOOK_UP);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
                    throw e;
                }
                follow(name, e);
                return;
            }
            at.close();
            at = child;
            location = there;
        }

        private void follow(byte[] name, LinuxException failure) throws LinuxException {
            byte[] text;
            try {
                text = at.readSymlink(name);
            } catch (LinuxException e) {
                throw e.errno() == Errno.EINVAL ? failure : e;
            }
            links++;
            if (links > MOST_LINKS) {
                throw new LinuxException("too many links", Errno.ELOOP);
            }
            push(text);
            if (text.length > 0 && text[0] == '/') {
                goTo(Locations.ROOT);
            }
        }

        /** Opens a location anew from the root, so that what is open is at that location whatever was moved meanwhile. */
        private void goTo(byte[] target) throws LinuxException {
            Directory root = openRoot();
            at.close();
            at = root;
            location = Locations.ROOT;
            for (int start = 1; start < target.length; ) {
                int end = PathTrie.end(target, start);
                byte[] name = Arrays.copyOfRange(target, start, end);
                // What became a link meanwhile fails here: the lookup was overtaken.
                Directory child = at.openDirectory(name, Links.NO_FOLLOW, Purpose.LOOK_UP);
                at.close();
                at = child;
                location = Locations.child(location, name);
                start = end + 1;
            }
        }

        private void push(byte[] path) {
            Deque<byte[]> components = new ArrayDeque<>();
            for (int start = 0; start < path.length; ) {
                int end = PathTrie.end(path, start);
                if (end > start && !Locations.isDot(path, start, end)) {
                    components.push(Arrays.copyOfRange(path, start, end));
                }
                start = end + 1;
            }
            components.forEach(rest::push);
        }

        private Place hand(byte[] name, byte[] there) throws LinuxException {
            Place place = new Place(at, true, name, there);
            at = Directory.host();
            return place;
        }

        private static Directory openRoot() throws LinuxException {
            return Directory.host().openDirectory(Locations.ROOT, Links.NO_FOLLOW, Purpose.LOOK_UP);
        }

        @Override
        public void close() {
            at.close();
        }
    }
}
