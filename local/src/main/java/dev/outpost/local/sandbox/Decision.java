package dev.outpost.local.sandbox;

import dev.outpost.executor.sandbox.Access;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of one path (spec F46–F50).
 *
 * @param access what is allowed in the end; never {@link Access#WRITE} for protected metadata
 * @param reason why
 * @param rule the rule that decided, for metadata the writable root that protects it; null if none did
 * @param pattern the glob that denies, verbatim; null for every other reason
 */
public record Decision(
        Access access,
        Reason reason,
        @Nullable PolicyRule rule,
        @Nullable String pattern) {
    /** Why a path is or is not accessible. */
    public enum Reason {
        /** The profile restricts no files. */
        UNRESTRICTED,
        /** The rule with the most components. */
        RULE,
        /** No rule is about the path, and what no rule allows is not there. */
        NO_RULE,
        /** It is {@code .git}, {@code .agents} or {@code .codex} of a writable root, or lies below (spec F47). */
        METADATA,
        /** A deny pattern matches it or a directory above. */
        GLOB,
        /** A deny pattern is malformed, which denies everything (spec F50). */
        MALFORMED_GLOB,
    }

    private static final Decision UNRESTRICTED = new Decision(Access.WRITE, Reason.UNRESTRICTED, null, null);
    private static final Decision NO_RULE = new Decision(Access.NONE, Reason.NO_RULE, null, null);

    static Decision unrestricted() {
        return UNRESTRICTED;
    }

    static Decision noRule() {
        return NO_RULE;
    }

    static Decision of(PolicyRule rule) {
        return new Decision(rule.access(), Reason.RULE, rule, null);
    }

    static Decision protectedMetadata(PolicyRule root) {
        return new Decision(Access.READ, Reason.METADATA, root, null);
    }

    static Decision deniedBy(PathGlob glob) {
        return new Decision(Access.NONE, Reason.GLOB, null, glob.pattern());
    }

    static Decision malformed(String pattern) {
        return new Decision(Access.NONE, Reason.MALFORMED_GLOB, null, pattern);
    }

    /** Whether the path may be read. */
    public boolean canRead() {
        return access != Access.NONE;
    }

    /** Whether the path may be written. */
    public boolean canWrite() {
        return access == Access.WRITE;
    }

    /** Whether something denies the path, rather than nothing granting it. */
    public boolean isDenied() {
        return access == Access.NONE && reason != Reason.NO_RULE;
    }

    /** One sentence for people, without a full stop. */
    public String explanation() {
        return switch (reason) {
            case UNRESTRICTED -> "the profile does not restrict files";
            case RULE -> description();
            case NO_RULE -> "no entry is about this path";
            case METADATA -> "protected metadata of a writable root: " + description();
            case GLOB -> "denied by the pattern " + pattern;
            case MALFORMED_GLOB -> "everything is denied, because the pattern " + pattern + " is malformed";
        };
    }

    private String description() {
        return Objects.requireNonNull(rule, "a rule decided").description();
    }
}
