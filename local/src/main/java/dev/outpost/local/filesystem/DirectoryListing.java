package dev.outpost.local.filesystem;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Entry;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.FileType;
import dev.outpost.linux.file.Links;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists a directory (spec F13, N49). */
final class DirectoryListing {
    private static final int BATCH_BYTES = 65536;

    private DirectoryListing() {}

    static List<DirectoryEntry> read(Directory root, byte[] path, int limit) throws LinuxException, ExecutorException {
        try (Directory directory = root.openDirectory(path, Links.FOLLOW, Purpose.LIST)) {
            if (!directory.isSearchable()) {
                // No entry's target can be looked at, so each of them is left out.
                return List.of();
            }
            List<DirectoryEntry> entries = new ArrayList<>();
            long count = 0;
            for (List<Entry> batch = directory.readEntries(BATCH_BYTES);
                    !batch.isEmpty();
                    batch = directory.readEntries(BATCH_BYTES)) {
                Failures.checkInterrupted();
                for (Entry entry : batch) {
                    FileType type = directory.shows(entry.name()) ? targetType(directory, entry) : null;
                    // Beyond the limit only the number is of interest.
                    if (type != null && count++ < limit) {
                        entries.add(new DirectoryEntry(
                                text(entry.name()), type == FileType.DIRECTORY, type == FileType.REGULAR));
                    }
                }
            }
            if (count > limit) {
                throw Failures.failed("fs/readDirectory returned " + count + " entries; limit is " + limit);
            }
            return entries;
        }
    }

    /** What an entry leads to, or null if that can't be found out. Asks the kernel only where the listing can't tell. */
    private static @Nullable FileType targetType(Directory directory, Entry entry) {
        return switch (entry.type()) {
            case SYMLINK, UNKNOWN -> {
                try {
                    yield directory.status(entry.name(), Links.FOLLOW).type();
                } catch (LinuxException e) {
                    yield null;
                }
            }
            case REGULAR, DIRECTORY, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> entry.type();
        };
    }

    /**
     * The name with U+FFFD for each part that is not UTF-8. Three of them for an encoded surrogate, as the Unicode
     * standard advises and clients' own listings have it; Java makes that one.
     */
    static String text(byte[] name) {
        byte[] bytes = name.clone();
        for (int i = 0; i + 1 < bytes.length; i++) {
            if ((bytes[i] & 0xff) == 0xed && (bytes[i + 1] & 0xe0) == 0xa0) {
                bytes[i] = (byte) 0xff;
            }
        }
        return new String(bytes, UTF_8);
    }
}
