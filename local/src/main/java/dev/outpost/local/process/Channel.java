package dev.outpost.local.process;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.Pipe;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.IntConsumer;

/**
 * A descriptor and what the {@link ProcessLoop} watches it for. Watched for nothing it is not watched at all, because a
 * hang-up would be reported without end. Belongs to the loop's thread.
 */
final class Channel {
    private static final Logger LOG = System.getLogger(Channel.class.getName());

    private final ProcessLoop loop;
    private final FileDescriptor descriptor;
    private final IntConsumer onReady;
    private int wanted;
    /** {@link Epoll#ET} or nothing. */
    private int trigger;

    private long token;
    private boolean open = true;
    private boolean enlarged;
    private boolean large;

    Channel(ProcessLoop loop, FileDescriptor descriptor, IntConsumer onReady) {
        this.loop = loop;
        this.descriptor = descriptor;
        this.onReady = onReady;
    }

    FileDescriptor descriptor() {
        return descriptor;
    }

    boolean isOpen() {
        return open;
    }

    /** Adds or removes an interest. If the kernel refuses, the channel closes: its end is what follows. */
    void want(int event, boolean want) {
        int next = want ? wanted | event : wanted & ~event;
        if (!open || next == wanted) {
            return;
        }
        try {
            if (next == 0) {
                loop.unwatch(descriptor, token);
            } else if (wanted == 0) {
                token = loop.watch(descriptor, next | trigger, onReady);
            } else {
                loop.change(descriptor, next | trigger, token);
            }
            wanted = next;
        } catch (LinuxException refused) {
            refused(refused);
        }
    }

    /** Whether to be told of changes only, and not without end that it is hung up. */
    void wantChangesOnly(boolean changes) {
        int next = changes ? Epoll.ET : 0;
        if (!open || next == trigger) {
            return;
        }
        trigger = next;
        try {
            if (wanted != 0) {
                loop.change(descriptor, wanted | trigger, token);
            }
        } catch (LinuxException refused) {
            refused(refused);
        }
    }

    /**
     * The descriptor is one of a pipe that turned out to be too small: it gets larger, once, if the loop has one to spare.
     * Then who writes and who reads have to wait for each other less often.
     */
    void enlarge() {
        if (!enlarged && open && loop.takeLargePipe()) {
            enlarged = true;
            large = Pipe.enlarge(descriptor, ProcessLoop.LARGE_PIPE);
        }
    }

    /** Whether that has made it large. */
    boolean isLarge() {
        return large;
    }

    private void refused(LinuxException reason) {
        LOG.log(Level.ERROR, "cannot watch a stream of a process; see /proc/sys/fs/epoll/max_user_watches", reason);
        close();
    }

    /** Ends watching and closes the descriptor. Idempotent. */
    void close() {
        if (open) {
            open = false;
            if (wanted != 0) {
                loop.unwatch(descriptor, token);
            }
            descriptor.close();
            if (enlarged) {
                loop.giveLargePipeBack();
            }
        }
    }
}
