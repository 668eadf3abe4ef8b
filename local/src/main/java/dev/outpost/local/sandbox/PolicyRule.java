package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;

/**
 * One place that a policy says something about: an entry of the profile, or what one implies.
 *
 * @param path absolute and normalised; the rule holds for it and everything below that no longer rule is about
 * @param access what it grants, or {@link Access#NONE}
 * @param order of two rules for one path the earlier entry has the lower one
 * @param origin where it comes from
 * @param description for people, such as {@code entry 3 (write /project)}
 */
public record PolicyRule(HostPath path, Access access, int order, Origin origin, String description) {
    /** Where a rule comes from. */
    public enum Origin {
        /** An entry of the profile, for the path that it names. */
        ENTRY,
        /** An entry of the profile, for the place that its path leads to through symbolic links (spec F49, F50). */
        LINK_TARGET,
        /** The platform's read roots, which {@code minimal} turns on (spec F34, F51). */
        PLATFORM,
        /** Metadata of a writable root: what its {@code .git} leads to (spec F48). */
        METADATA,
        /** Outpost's own: devices, and what {@code /proc} tells of processes (spec F69a). */
        GUARD,
    }
}
