package dev.outpost.local.sandbox;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.FileType;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.file.OpenFile;
import java.util.List;

/**
 * A directory in which a policy decides of every name, wherever links lead. Each operation first finds out the location of
 * what it is about, which no kernel call follows a link for: links are read and followed here, and the last call is made
 * relative to a directory whose location is known, with a single name that is not followed either. So what is decided on
 * is what is opened, however names are exchanged meanwhile.
 *
 * <p>It fails like a machine on which nothing else exists (spec F56–F64): ENOENT for what no rule allows, EACCES for what
 * is denied, EROFS for what can only be read, EBUSY for removing what an entry names.
 *
 * <p>Hard links are not detected (spec F84): a file is allowed by any of its names. Neither is a directory that somebody
 * who may do so moves elsewhere between the lookup and the last call; the thread's Landlock rules then decide.
 */
final class GuardedDirectory implements Directory {
    private final SandboxPolicy policy;
    private final Directory directory;
    private final byte[] location;

    /** Takes over {@code directory}, which is at that location. */
    private GuardedDirectory(SandboxPolicy policy, Directory directory, byte[] location) {
        this.policy = policy;
        this.directory = directory;
        this.location = location;
    }

    /** The start for absolute paths. */
    static Directory root(SandboxPolicy policy) {
        return new GuardedDirectory(policy, Directory.host(), Locations.ROOT);
    }

    @Override
    public Directory openDirectory(byte[] path, Links links, Purpose purpose) throws LinuxException {
        return at(path, links, false, place -> {
            switch (purpose) {
                case LIST -> readable(place.location());
                case LOOK_UP -> visible(place.location());
            }
            Directory opened = place.parent().openDirectory(place.name(), Links.NO_FOLLOW, purpose);
            boolean ours = false;
            try {
                if (purpose == Purpose.LIST) {
                    OpenedFiles.check(opened.fileSystemKind(), FileType.DIRECTORY, policy, place.location());
                }
                ours = true;
                return new GuardedDirectory(policy, opened, place.location());
            } finally {
                if (!ours) {
                    opened.close();
                }
            }
        });
    }

    @Override
    public Directory openParent() throws LinuxException {
        return new GuardedDirectory(policy, directory.openParent(), Locations.parent(location));
    }

    @Override
    public OpenFile openForReading(byte[] path, Links links) throws LinuxException {
        return at(path, links, false, place -> {
            readable(place.location());
            return checked(place, place.parent().openForReading(place.name(), Links.NO_FOLLOW));
        });
    }

    @Override
    public OpenFile openForWriting(byte[] path, Links links, int permissions) throws LinuxException {
        return at(path, links, true, place -> {
            writable(place.location());
            boolean mayCreate =
                    policy.decide(Locations.parent(place.location())).canWrite();
            OpenFile file = mayCreate
                    ? place.parent().openForWriting(place.name(), Links.NO_FOLLOW, permissions)
                    : place.parent().openExistingForWriting(place.name(), Links.NO_FOLLOW);
            return checked(place, file);
        });
    }

    @Override
    public OpenFile openExistingForWriting(byte[] path, Links links) throws LinuxException {
        return at(path, links, true, place -> {
            writable(place.location());
            return checked(place, place.parent().openExistingForWriting(place.name(), Links.NO_FOLLOW));
        });
    }

    @Override
    public FileStatus status(byte[] path, Links links) throws LinuxException {
        return at(path, links, false, place -> {
            visible(place.location());
            FileStatus status = place.parent().status(place.name(), Links.NO_FOLLOW);
            if (status.isSymlink() && links == Links.FOLLOW) {
                throw new LinuxException("statx", Errno.ELOOP);
            }
            return status;
        });
    }

    @Override
    public FileStatus status() throws LinuxException {
        return directory.status();
    }

    @Override
    public long fileSystemKind() throws LinuxException {
        return directory.fileSystemKind();
    }

    @Override
    public boolean isSearchable() throws LinuxException {
        return directory.isSearchable();
    }

    @Override
    public boolean shows(byte[] name) {
        return policy.isVisible(Locations.child(location, name));
    }

    @Override
    public void checkRemovable(byte[] path) throws LinuxException {
        change(path, place -> removable(place.location()));
    }

    @Override
    public void makeDirectory(byte[] path, int permissions) throws LinuxException {
        change(path, place -> {
            try {
                changeable(place.location());
            } catch (LinuxException e) {
                if (e.errno() == Errno.EROFS && exists(place)) {
                    throw new LinuxException("mkdirat", Errno.EEXIST);
                }
                throw e;
            }
            place.parent().makeDirectory(place.name(), permissions);
        });
    }

    @Override
    public void unlink(byte[] path) throws LinuxException {
        change(path, place -> {
            removable(place.location());
            place.parent().unlink(place.name());
        });
    }

    @Override
    public void removeDirectory(byte[] path) throws LinuxException {
        change(path, place -> {
            removable(place.location());
            place.parent().removeDirectory(place.name());
        });
    }

    @Override
    public void makeSymlink(byte[] target, byte[] path) throws LinuxException {
        change(path, place -> {
            changeable(place.location());
            place.parent().makeSymlink(target, place.name());
        });
    }

    @Override
    public byte[] readSymlink(byte[] path) throws LinuxException {
        return at(path, Links.NO_FOLLOW, false, place -> {
            readable(place.location());
            return place.parent().readSymlink(place.name());
        });
    }

    @Override
    public List<Entry> readEntries(int maxBytes) throws LinuxException {
        return directory.readEntries(maxBytes);
    }

    @Override
    public long position() {
        return directory.position();
    }

    @Override
    public void seek(long newPosition) throws LinuxException {
        directory.seek(newPosition);
    }

    @Override
    public void close() {
        directory.close();
    }

    private void change(byte[] path, Change change) throws LinuxException {
        boolean _ = at(path, Links.NO_FOLLOW, true, place -> {
            change.run(place);
            return true;
        });
    }

    /**
     * Runs an operation on what a path stands for. It gets a name that may turn out to be a link, and then fails with
     * ELOOP, ENOTDIR or EROFS without having done anything; with {@code FOLLOW}, it is run again where the link leads.
     */
    private <T> T at(byte[] path, Links links, boolean change, Operation<T> operation) throws LinuxException {
        if (path.length > 0 && path[0] == '/') {
            lexically(path, links, change);
        }
        int followed = 0;
        byte[] next = path;
        while (true) {
            try (Place place = Place.find(policy, directory, location, next)) {
                try {
                    return operation.run(place);
                } catch (LinuxException e) {
                    if (links == Links.NO_FOLLOW || !mayBeLink(e, place)) {
                        throw e;
                    }
                    byte[] text = linkText(place, e);
                    followed++;
                    if (followed > Place.MOST_LINKS) {
                        throw new LinuxException("too many links", Errno.ELOOP);
                    }
                    next = Locations.join(Locations.parent(place.location()), text);
                }
            }
        }
    }

    /** Where nothing may be read or written there can still be a link to where that is allowed. */
    private boolean mayBeLink(LinuxException failure, Place place) {
        return switch (failure.errno()) {
            case Errno.ELOOP, Errno.ENOTDIR, Errno.EROFS -> true;
            case Errno.ENOENT, Errno.EACCES -> policy.isVisible(place.location());
            default -> false;
        };
    }

    /** The text of the link that an operation came upon; the failure itself if it is none. */
    private byte[] linkText(Place place, LinuxException failure) throws LinuxException {
        visible(place.location());
        try {
            return place.parent().readSymlink(place.name());
        } catch (LinuxException e) {
            throw e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT ? failure : e;
        }
    }

    /** What is denied by its own name stays so, wherever it leads (spec F50). */
    private void lexically(byte[] path, Links links, boolean change) throws LinuxException {
        Decision decision = policy.decide(path);
        if (decision.isDenied() && !policy.isVisible(path)) {
            throw new LinuxException("sandbox", Errno.EACCES);
        }
        // Making or removing the metadata itself has failures of its own.
        boolean itself = links == Links.NO_FOLLOW && isMetadataItself(decision, path);
        if (change && decision.reason() == Decision.Reason.METADATA && !itself) {
            throw new LinuxException("sandbox", Errno.EROFS);
        }
    }

    private void visible(byte[] path) throws LinuxException {
        if (!policy.isVisible(path)) {
            throw refusal(policy.decide(path));
        }
    }

    private void readable(byte[] path) throws LinuxException {
        Decision decision = policy.decide(path);
        if (!decision.canRead()) {
            throw refusal(decision);
        }
    }

    /** The contents may be changed. */
    private void writable(byte[] path) throws LinuxException {
        Decision decision = policy.decide(path);
        if (!decision.canWrite()) {
            throw refusal(decision);
        }
    }

    /** The name may be made or removed. */
    private void changeable(byte[] path) throws LinuxException {
        writable(path);
        if (!policy.decide(Locations.parent(path)).canWrite()) {
            throw new LinuxException("sandbox", Errno.EROFS);
        }
    }

    /** The name may be removed: what an entry names, and the metadata of a writable root, is like a mount (spec F62). */
    private void removable(byte[] path) throws LinuxException {
        Decision decision = policy.decide(path);
        if ((decision.canWrite() && policy.isRoot(path)) || isMetadataItself(decision, path)) {
            throw new LinuxException("sandbox", Errno.EBUSY);
        }
        changeable(path);
    }

    private boolean isMetadataItself(Decision decision, byte[] path) {
        return decision.reason() == Decision.Reason.METADATA
                && policy.decide(Locations.parent(path)).canWrite();
    }

    private static LinuxException refusal(Decision decision) {
        if (decision.canRead()) {
            return new LinuxException("sandbox", Errno.EROFS);
        }
        return new LinuxException("sandbox", decision.isDenied() ? Errno.EACCES : Errno.ENOENT);
    }

    private OpenFile checked(Place place, OpenFile file) throws LinuxException {
        boolean fine = false;
        try {
            OpenedFiles.check(file.fileSystemKind(), file.status().type(), policy, place.location());
            fine = true;
            return file;
        } finally {
            if (!fine) {
                file.discard();
            }
        }
    }

    private static boolean exists(Place place) {
        try {
            FileStatus _ = place.parent().status(place.name(), Links.NO_FOLLOW);
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }

    private interface Operation<T> {
        T run(Place place) throws LinuxException;
    }

    private interface Change {
        void run(Place place) throws LinuxException;
    }
}
