package dev.outpost.local.sandbox;

import java.time.Duration;

/**
 * What a {@link FileSandbox} keeps.
 *
 * @param policies how many compiled policies, with their threads, at least 1; beyond it the least recently used one goes
 * @param idleThreads how long a restricted thread without work lives
 * @param trust how long what the disk said when a policy was compiled is relied on: links, metadata, which entries exist;
 *     longer if finding it out took more than a tenth of that
 */
public record SandboxLimits(int policies, Duration idleThreads, Duration trust) {
    /** 16 policies, 10 s, 1 s. */
    public static final SandboxLimits DEFAULT = new SandboxLimits(16, Duration.ofSeconds(10), Duration.ofSeconds(1));

    /** Checks the ranges. */
    public SandboxLimits {
        if (policies < 1 || idleThreads.isNegative() || trust.isNegative()) {
            throw new IllegalArgumentException("a limit of the sandbox is too small");
        }
    }
}
