package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.OpenFile;

/**
 * Replaces the contents of a file in place (spec F10, F15): writes over what is there and cuts off the rest at the end.
 * Cutting the file to nothing first, as O_TRUNC does, makes ext4 flush it to the disk when it is closed, which takes
 * hundreds of times as long as all the rest.
 */
final class Overwriting {
    private Overwriting() {}

    /**
     * Lets {@code contents} write from the start of the file. If that fails, the file ends where it had got to.
     *
     * @param before what the file was when it was opened
     */
    static void overwrite(OpenFile file, FileStatus before, Contents contents)
            throws LinuxException, ExecutorException {
        try {
            contents.write();
        } catch (LinuxException | ExecutorException e) {
            try {
                cut(file, before);
            } catch (LinuxException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        cut(file, before);
    }

    private static void cut(OpenFile file, FileStatus before) throws LinuxException {
        if (!before.isRegular()) {
            return;
        }
        long end = file.position();
        // Cut an empty file as well: it is modified now, as after any other write.
        if (end < before.size() || end == 0) {
            file.truncate(end);
        }
    }

    interface Contents {
        void write() throws LinuxException, ExecutorException;
    }
}
