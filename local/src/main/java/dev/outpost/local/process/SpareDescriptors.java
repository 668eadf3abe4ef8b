package dev.outpost.local.process;

import dev.outpost.linux.FileAccess;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A few descriptors held open for nothing but being given up when this process has no others left, so that what must not
 * fail then can open its own. For one thread at a time.
 */
final class SpareDescriptors implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SpareDescriptors.class.getName());

    /** To kill one process: its descriptor, {@code /proc}, and what is read there. */
    private static final int COUNT = 3;

    private final Deque<FileDescriptor> held = new ArrayDeque<>(COUNT);
    private boolean closed;

    /** Holds its descriptors, if there are so many. */
    SpareDescriptors() {
        replenish();
    }

    /** Gives all up; returns whether there was any. Others may be faster in using them. */
    boolean release() {
        boolean any = !held.isEmpty();
        held.forEach(FileDescriptor::close);
        held.clear();
        return any;
    }

    /** Opens again what was given up, as far as that is possible now. */
    void replenish() {
        try {
            while (!closed && held.size() < COUNT) {
                held.add(FileAccess.openDevNull());
            }
        } catch (LinuxException noneLeft) {
            LOG.log(Level.DEBUG, "no descriptors to hold in reserve", noneLeft);
        }
    }

    /** Gives all up for good. Idempotent. */
    @Override
    public void close() {
        closed = true;
        release();
    }
}
