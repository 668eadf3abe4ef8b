package dev.outpost.local.filesystem;

import static dev.outpost.executor.filesystem.ExecutorFileSystem.READ_LIMIT;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.OpenFile;
import java.util.Arrays;

/**
 * Reads whole files (spec F9). A regular file is read as long as it was when it was opened, or up to where it ends by
 * then if it is cut meanwhile. What has no size, such as a pipe or a file in {@code /proc}, is read until it ends.
 *
 * <p>Up to 1 MiB becomes an array, which only the number of concurrent reads bounds; more is kept outside the heap, in
 * the memory of a {@link ContentBudget}. So small reads never wait for large ones. Safe from any thread.
 */
final class ContentReader {
    /** Largest content on the heap. */
    static final int HEAP_BYTES = 1 << 20;

    private static final int CHUNK_BYTES = 65536;
    private static final int LARGE_CHUNK_BYTES = 8 << 20;

    private final ContentBudget budget;
    private final FileWaits waits;

    ContentReader(ContentBudget budget, FileWaits waits) {
        this.budget = budget;
        this.waits = waits;
    }

    FileContent read(OpenFile file) throws LinuxException, ExecutorException {
        FileStatus status = file.status();
        if (status.size() > READ_LIMIT) {
            throw tooLarge();
        }
        if (!status.isRegular() || status.size() == 0) {
            return readStream(file, !status.isRegular());
        }
        return status.size() <= HEAP_BYTES ? readSmall(file, (int) status.size()) : readLarge(file, status.size());
    }

    private FileContent readSmall(OpenFile file, int size) throws LinuxException, ExecutorException {
        byte[] bytes = new byte[size];
        int length = 0;
        while (length < size) {
            int count = file.read(bytes, length, size - length);
            if (count == 0) {
                return FileContent.of(Arrays.copyOf(bytes, length));
            }
            length += proceed(file, count);
        }
        return FileContent.of(bytes);
    }

    private FileContent readLarge(OpenFile file, long size) throws LinuxException, ExecutorException {
        return filled(LargeContent.reserve(budget, size), content -> {
            while (content.size() < size) {
                Failures.checkInterrupted();
                int length = (int) Math.min(LARGE_CHUNK_BYTES, size - content.size());
                int count = file.read(content.memory(), content.size(), length);
                if (count == 0) {
                    return;
                }
                content.grow(proceed(file, count));
            }
        });
    }

    /** Reads to the end; with {@code pipe}, the end of a pipe without a writer is not the end. */
    private FileContent readStream(OpenFile file, boolean pipe) throws LinuxException, ExecutorException {
        byte[] bytes = new byte[CHUNK_BYTES];
        int length = 0;
        while (true) {
            if (length == bytes.length) {
                if (length == HEAP_BYTES) {
                    return readLongStream(file, pipe, bytes);
                }
                bytes = Arrays.copyOf(bytes, length * 2);
            }
            int count = readStream(file, pipe, bytes, length);
            if (count == 0) {
                return FileContent.of(Arrays.copyOf(bytes, length));
            }
            length += count;
        }
    }

    /** Reads on after the first bytes. Nothing is known of the length, so room for all that is allowed is taken. */
    private FileContent readLongStream(OpenFile file, boolean pipe, byte[] first)
            throws LinuxException, ExecutorException {
        return filled(LargeContent.reserve(budget, READ_LIMIT), content -> {
            content.append(first, first.length);
            byte[] chunk = new byte[CHUNK_BYTES];
            while (true) {
                int count = readStream(file, pipe, chunk, 0);
                if (count == 0) {
                    return;
                }
                if (content.size() + count > READ_LIMIT) {
                    throw tooLarge();
                }
                content.append(chunk, count);
            }
        });
    }

    private int readStream(OpenFile file, boolean pipe, byte[] target, int offset)
            throws LinuxException, ExecutorException {
        while (true) {
            Failures.checkInterrupted();
            if (pipe) {
                waits.awaitReadable(file);
            }
            int count = file.read(target, offset, target.length - offset);
            if (count != OpenFile.WOULD_BLOCK) {
                return count;
            }
            waits.awaitReadable(file);
        }
    }

    /** The count, or 0 after waiting if the read would have blocked. */
    private int proceed(OpenFile file, int count) throws LinuxException, ExecutorException {
        if (count == OpenFile.WOULD_BLOCK) {
            waits.awaitReadable(file);
            return 0;
        }
        return count;
    }

    private static FileContent filled(LargeContent content, Filling filling) throws LinuxException, ExecutorException {
        boolean complete = false;
        try {
            filling.fill(content);
            complete = true;
            return content.complete();
        } finally {
            if (!complete) {
                content.close();
            }
        }
    }

    private static ExecutorException tooLarge() {
        return Failures.rejected("file is too large to read: limit is " + READ_LIMIT + " bytes");
    }

    private interface Filling {
        void fill(LargeContent content) throws LinuxException, ExecutorException;
    }
}
