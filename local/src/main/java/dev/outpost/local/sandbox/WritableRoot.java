package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import java.util.List;

/**
 * A place where files may be changed, and what is excepted below it, as an enforcement by mounts needs it (spec F48).
 *
 * @param path normalised as spec F49 says; need not exist
 * @param target where that leads through symbolic links; the same as {@code path} if there are none
 * @param readOnly what may not be changed, each at or below {@code path} or the target of its {@code .git} file, in no
 *     order, without duplicates; need not exist, and then must not come into being
 */
public record WritableRoot(HostPath path, HostPath target, List<HostPath> readOnly) {
    /** Copies the list. */
    public WritableRoot {
        readOnly = List.copyOf(readOnly);
    }
}
