package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.file.FileId;
import dev.outpost.linux.file.FileType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What compiling a policy has to know of a disk. Nothing is changed, and no link followed unless that is said. */
interface PolicyDisk {
    /**
     * Something that exists.
     *
     * @param type never {@link FileType#UNKNOWN}
     */
    record Found(FileType type, FileId id) {}

    /** What is there, a link at the end not followed; null if nothing is, or it can't be told. */
    @Nullable Found look(HostPath path);

    /** The text of a symbolic link; null if it is none. */
    @Nullable HostPath readLink(HostPath path);

    /** The names in a directory, with what they stand for, links not followed; none if it can't be read. In any order. */
    List<Child> children(HostPath directory);

    /** Whether nothing is in a directory; false if it can't be read. */
    boolean isEmpty(HostPath directory);

    /** Whether a process of this user could make a name in a directory, if need be after changing its permissions. */
    boolean canGetNames(HostPath directory);

    /** A name in a directory. */
    record Child(HostPath name, FileType type) {}

    /** At most the first 4096 bytes of a regular file; none if it can't be read. */
    byte[] beginning(HostPath file);
}
