package dev.outpost.soak;

import java.util.List;
import java.util.SplittableRandom;

/** Ways of shells to have processes that are hard to find again. Each of these returns at once; to
 * be followed by a new line. */
final class Trees {
    static final List<String> SCRIPTS = List.of(
            // Children in the group, with a grandchild.
            "sleep 1000 & sh -c 'sleep 1000 & sleep 1000' &",
            // Ignores everything that can be ignored; so do those that inherit it.
            "trap '' TERM HUP INT QUIT PIPE; sleep 1000 & sh -c 'sleep 1000 & wait' &",
            // A session of its own.
            "setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' &",
            // A daemon: two forks, a session, and the parents gone.
            "(setsid sh -c '(sleep 1000 & sleep 1000) & exit' &) ",
            // A daemon that starts daemons.
            "(setsid sh -c '(setsid sh -c \"(sleep 1000 &) ; sleep 1000\" &) ; exit' &)",
            "nohup sleep 1000 >/dev/null 2>&1 & (nohup setsid sleep 1000 >/dev/null 2>&1 &)",
            // Job control: each job in a group of its own.
            "set -m; sleep 1000 & sleep 1000 | sleep 1000 & (sleep 1000; sleep 1000) &",
            // No environment to be recognised by but what env leaves, other descriptors, another directory.
            "cd /tmp; setsid sleep 1000 </dev/null >/dev/null 2>&1 3>&- &",
            // Forks without end: a shell with short-lived children, in a session of its own.
            "setsid sh -c 'while :; do sleep 0.02; done' & ",
            // Stopped: only SIGKILL ends it.
            "sh -c 'kill -STOP $$' & setsid sh -c 'kill -STOP $$' &",
            // A terminal of its own within.
            "setsid script -qec 'sleep 1000' /dev/null </dev/null >/dev/null 2>&1 &");

    private Trees() {}

    static String any(SplittableRandom random) {
        return SCRIPTS.get(random.nextInt(SCRIPTS.size()));
    }
}
