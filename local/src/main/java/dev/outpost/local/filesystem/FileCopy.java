package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.file.OpenFile;

/** Copies single files, links and, with {@link TreeCopy}, directories (spec F15, F16). Safe from any thread. */
final class FileCopy {
    /** How much the kernel copies between two looks at the interrupt flag. */
    private static final long RANGE_BYTES = 64L << 20;

    private static final int CHUNK_BYTES = 16384;

    private final FileWaits waits;

    FileCopy(FileWaits waits) {
        this.waits = waits;
    }

    /** Copies whatever is at {@code source}. */
    void copy(Directory root, byte[] source, byte[] destination, boolean recursive)
            throws LinuxException, ExecutorException {
        FileStatus status = root.status(source, Links.NO_FOLLOW);
        switch (status.type()) {
            case DIRECTORY -> {
                if (!recursive) {
                    throw Failures.rejected("fs/copy requires recursive: true when sourcePath is a directory");
                }
                if (Paths.leadsInto(root, destination, status.id())) {
                    throw intoItself();
                }
                Paths.makeDirectories(root, destination);
                TreeCopy.copy(this, root, source, destination);
            }
            case SYMLINK -> copySymlink(root, source, root, destination);
            case REGULAR -> copyFile(root, source, root, destination);
            case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE, UNKNOWN -> throw unsupported();
        }
    }

    /** Makes the same link once more. */
    static void copySymlink(Directory from, byte[] source, Directory to, byte[] destination) throws LinuxException {
        to.makeSymlink(from.readSymlink(source), destination);
    }

    /** Copies a regular file: contents and permissions; an existing destination is overwritten, links followed. */
    void copyFile(Directory from, byte[] source, Directory to, byte[] destination)
            throws LinuxException, ExecutorException {
        try (OpenFile in = from.openForReading(source, Links.NO_FOLLOW)) {
            FileStatus status = in.status();
            if (!status.isRegular()) {
                throw unsupported();
            }
            try (OpenFile out = to.openForWriting(destination, status.permissions())) {
                FileStatus existing = out.status();
                if (existing.id().equals(status.id())) {
                    return;
                }
                if (existing.isRegular() && existing.permissions() != status.permissions()) {
                    out.setPermissions(status.permissions());
                }
                Overwriting.overwrite(out, existing, () -> copyContents(in, status.size(), out));
            }
        }
    }

    private void copyContents(OpenFile in, long size, OpenFile out) throws LinuxException, ExecutorException {
        long copied = 0;
        for (long count = in.copyTo(out, RANGE_BYTES); count > 0; count = in.copyTo(out, RANGE_BYTES)) {
            copied += count;
            Failures.checkInterrupted();
        }
        if (copied > 0 && copied >= size) {
            return;
        }
        // The kernel can't do it itself for these two, or what seems to be empty is not, as in /proc.
        byte[] chunk = new byte[CHUNK_BYTES];
        while (true) {
            Failures.checkInterrupted();
            int count = in.read(chunk, 0, chunk.length);
            if (count == 0) {
                return;
            }
            if (count == OpenFile.WOULD_BLOCK) {
                waits.awaitReadable(in);
            } else {
                waits.writeFully(out, chunk, count);
            }
        }
    }

    static ExecutorException intoItself() {
        return Failures.rejected("fs/copy cannot copy a directory to itself or one of its descendants");
    }

    private static ExecutorException unsupported() {
        return Failures.rejected("fs/copy only supports regular files, directories, and symlinks");
    }
}
