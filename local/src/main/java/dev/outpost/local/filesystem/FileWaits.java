package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.FileContent;
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

    /** What stays in the processor's cache from one copy to the next. */
    private static final int BLOCK_BYTES = 65536;

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
    void writeFully(OpenFile file, FileContent content) throws LinuxException, ExecutorException {
        byte[] block = new byte[(int) Math.min(BLOCK_BYTES, content.size())];
        for (long position = 0; position < content.size(); ) {
            int count = content.copy(position, block, 0, block.length);
            writeFully(file, block, count);
            position += count;
        }
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
