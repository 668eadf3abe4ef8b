package dev.outpost.local.process;

import dev.outpost.linux.seccomp.SeccompFilter.Ban;
import dev.outpost.local.sandbox.ProcessLandlock;
import java.util.Set;

/**
 * What a thread gives up before it starts a process, which is born without it. Immutable.
 *
 * @param landlock what is left of the files
 * @param bans which system calls are refused, beside those that always are
 */
record Restrictions(ProcessLandlock landlock, Set<Ban> bans) {
    Restrictions {
        bans = Set.copyOf(bans);
    }
}
