package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.file.FileType;
import dev.outpost.local.sandbox.PolicyDisk.Found;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a path leads.
 *
 * @param target without symbolic links; what does not exist of the path is appended as it stands
 * @param links where the links are that were followed, each without links before its last component; in order
 * @param found what is there; null if nothing is
 */
record Resolution(
        HostPath target, List<HostPath> links, @Nullable Found found) {
    private static final int MOST_LINKS = 40;
    private static final HostPath ROOT = HostPath.of("/");
    private static final HostPath PARENT = HostPath.of("..");

    /** Follows a normalised path. One that leads in circles leads nowhere: its target is the path itself. */
    static Resolution of(HostPath path, PolicyDisk disk) {
        Deque<HostPath> rest = new ArrayDeque<>();
        push(path, rest);
        List<HostPath> links = new ArrayList<>();
        HostPath at = ROOT;
        Found found = disk.look(ROOT);
        while (!rest.isEmpty()) {
            HostPath component = rest.pop();
            if (component.equals(PARENT)) {
                at = at.resolve(PARENT).normalized();
                found = found == null ? null : disk.look(at);
                continue;
            }
            at = at.resolve(component);
            found = found == null ? null : disk.look(at);
            if (found == null || found.type() != FileType.SYMLINK) {
                continue;
            }
            HostPath text = disk.readLink(at);
            links.add(at);
            if (text == null || links.size() > MOST_LINKS) {
                return new Resolution(path, links, null);
            }
            push(text, rest);
            at = text.isAbsolute() ? ROOT : at.resolve(PARENT).normalized();
            found = disk.look(at);
        }
        return new Resolution(at, links, found);
    }

    boolean exists() {
        return found != null;
    }

    boolean isDirectory() {
        return found != null && found.type() == FileType.DIRECTORY;
    }

    /** Puts the components of a path before the others, without {@code .}. */
    private static void push(HostPath path, Deque<HostPath> rest) {
        byte[] bytes = path.toBytes();
        Deque<HostPath> components = new ArrayDeque<>();
        for (int start = 0; start < bytes.length; ) {
            int end = PathTrie.end(bytes, start);
            boolean dot = end - start == 1 && bytes[start] == '.';
            if (end > start && !dot) {
                components.push(HostPath.ofBytes(Arrays.copyOfRange(bytes, start, end)));
            }
            start = end + 1;
        }
        components.forEach(rest::push);
    }
}
