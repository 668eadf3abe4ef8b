package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.OpenFile;
import java.util.concurrent.Semaphore;

/**
 * Waits for pipes and devices, which may take forever: so only a bounded number of operations does it at a time, and
 * each gives up when its thread is interrupted. Safe from any thread.
 */
final class FileWaits {
    /** How long an interrupt may go unnoticed. */
    private static final int SLICE_MILLIS = 50;

    private final int limit;
    private final Semaphore places;

    FileWaits(int limit) {
        this.limit = limit;
        this.places = new Semaphore(limit);
    }

    /** Returns when a read would not block. */
    void awaitReadable(OpenFile file) throws LinuxException, ExecutorException {
        await(file::awaitReadable);
    }

    /** Writes all of it, waiting where needed. */
    void writeFully(OpenFile file, byte[] data, int length) throws LinuxException, ExecutorException {
        int written = 0;
        while (written < length) {
            int count = file.write(data, written, length - written);
            if (count == OpenFile.WOULD_BLOCK) {
                await(file::awaitWritable);
            } else {
                written += count;
            }
        }
    }

    private void await(Readiness readiness) throws LinuxException, ExecutorException {
        if (readiness.within(0)) {
            return;
        }
        if (!places.tryAcquire()) {
            throw Failures.failed("too many operations wait for pipes or devices: limit is " + limit
                    + "; try again when one of them has ended");
        }
        try {
            do {
                Failures.checkInterrupted();
            } while (!readiness.within(SLICE_MILLIS));
        } finally {
            places.release();
        }
    }

    private interface Readiness {
        boolean within(int millis) throws LinuxException;
    }
}
