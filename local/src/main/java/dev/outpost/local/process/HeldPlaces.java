package dev.outpost.local.process;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.FileReference;
import dev.outpost.local.bubblewrap.Bubblewrap;
import dev.outpost.local.sandbox.Mount;
import dev.outpost.local.sandbox.MountPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * What a plan is going to mount, held by descriptors: whoever may write above it, such as a process of another sandbox,
 * could otherwise put a link to anywhere in its place before bubblewrap gets there. Bubblewrap refuses to go on if what it
 * has mounted is not what the descriptor refers to. For one thread.
 *
 * <p>The first 256 mounts are held, the shallowest; and none by a bubblewrap or a kernel that can't.
 */
final class HeldPlaces implements AutoCloseable {
    private static final int MOST = 256;

    private final List<Mount> mounts = new ArrayList<>();
    private final List<FileReference> references = new ArrayList<>();

    private HeldPlaces() {}

    /**
     * Opens them.
     *
     * @throws ExecutorException {@code FAILED} if one is not what it was any more
     */
    static HeldPlaces of(MountPlan plan, Bubblewrap bubblewrap) throws LinuxException, ExecutorException {
        HeldPlaces places = new HeldPlaces();
        if (!bubblewrap.bindsDescriptors()) {
            return places;
        }
        try {
            for (Mount mount : plan.mounts()) {
                if (isHeld(mount) && places.mounts.size() < MOST) {
                    places.hold(mount);
                }
            }
            return places;
        } catch (LinuxException | ExecutorException failure) {
            places.close();
            if (failure instanceof LinuxException known && FileReference.isUnsupported(known)) {
                return new HeldPlaces();
            }
            throw failure;
        }
    }

    private void hold(Mount mount) throws LinuxException, ExecutorException {
        try {
            references.add(FileReference.openWithoutLinks(mount.path().toBytes()));
            mounts.add(mount);
        } catch (LinuxException failure) {
            switch (failure.errno()) {
                case Errno.ELOOP, Errno.ENOENT, Errno.ENOTDIR ->
                    throw new ExecutorException(
                            FailureKind.FAILED,
                            mount.path() + " was replaced while the sandbox was being prepared; try again",
                            failure);
                default -> throw failure;
            }
        }
    }

    private static boolean isHeld(Mount mount) {
        return switch (mount.kind()) {
            case READ_ONLY, READ_WRITE -> true;
            case DEVICES, HIDDEN_FILE, HIDDEN_DIRECTORY -> false;
        };
    }

    /** What is held, in the order of the descriptors. */
    List<Mount> mounts() {
        return List.copyOf(mounts);
    }

    /** Hands the descriptors over. */
    void giveTo(InheritedFiles files) {
        references.forEach(files::add);
        references.clear();
    }

    /** Closes what was not handed over. Idempotent. */
    @Override
    public void close() {
        references.forEach(FileReference::close);
        references.clear();
    }
}
