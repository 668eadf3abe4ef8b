package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SandboxContext} allows on this machine (spec F40–F54, N72, N75). Immutable and safe from any thread;
 * deciding looks at no file and takes time in proportion to the path's length, not to the number of rules.
 *
 * <p>A decision is about a <em>location</em>: a path in which nothing is a symbolic link. Rules hold for the path that an
 * entry names and for where it led when the policy was compiled (spec F49, F50), unless whoever is to be restricted could
 * have chosen that: a link in a directory that the policy lets be written grants nothing, and a denial that depends on
 * one can't be kept, so such a policy does not compile (spec F65).
 *
 * <p>What the disk said at compile time, such as which directories exist, may be out of date later; {@link #equals}
 * tells whether compiling again found something else.
 */
public final class SandboxPolicy {
    private static final byte[][] METADATA = {
        {'.', 'g', 'i', 't'},
        {'.', 'a', 'g', 'e', 'n', 't', 's'},
        {'.', 'c', 'o', 'd', 'e', 'x'}
    };

    private final PermissionProfile profile;
    private final @Nullable HostPath cwd;
    private final boolean restrictsFiles;
    private final boolean readsEverything;
    private final List<PolicyRule> rules;
    private final List<PathGlob> denyGlobs;
    private final @Nullable String malformedGlob;
    private final List<WritableRoot> writableRoots;
    private final PathTrie trie;

    /** Of rules in the order of their entries. */
    SandboxPolicy(
            PermissionProfile profile,
            @Nullable HostPath cwd,
            boolean readsEverything,
            List<PolicyRule> rules,
            List<PathGlob> denyGlobs,
            @Nullable String malformedGlob,
            List<WritableRoot> writableRoots) {
        this.profile = profile;
        this.cwd = cwd;
        this.restrictsFiles = profile.restrictsFiles();
        this.readsEverything = readsEverything;
        this.rules = List.copyOf(rules);
        this.denyGlobs = List.copyOf(denyGlobs);
        this.malformedGlob = malformedGlob;
        this.writableRoots = List.copyOf(writableRoots);
        trie = new PathTrie();
        rules.forEach(trie::add);
        trie.complete();
    }

    /**
     * What a process may do. Looks at the disk: whether entries that may be missing are, where links lead, what the
     * metadata of writable directories is.
     *
     * @throws ExecutorException {@code REJECTED} if an entry depends on a working directory and there is none (spec F44);
     *     {@code FAILED} if the working directory does not exist, or a denial can't be kept (spec F65)
     */
    public static SandboxPolicy compile(SandboxContext context, SandboxHost host) throws ExecutorException {
        return new PolicyCompiler(context, host).compile(false);
    }

    /**
     * What a file operation of this process may do: in addition to {@link #compile}, the platform's read roots are
     * readable whatever the profile says (spec F51), devices and what {@code /proc} says of processes are not (spec F69a),
     * and there is no network.
     */
    public static SandboxPolicy compileForFiles(SandboxContext context, SandboxHost host) throws ExecutorException {
        return new PolicyCompiler(context, host).compile(true);
    }

    /** Whether file operations have to be sandboxed: the profile is restricted and does not grant full write (spec F43). */
    public boolean restrictsFiles() {
        return restrictsFiles;
    }

    /** Whether everything may be read (spec F41). */
    public boolean readsEverything() {
        return readsEverything;
    }

    /** Whether everything may be written (spec F42). */
    public boolean writesEverything() {
        return !restrictsFiles;
    }

    /** What the profile says of the network. */
    public NetworkPolicy network() {
        return switch (profile) {
            case PermissionProfile.Disabled _ -> NetworkPolicy.ENABLED;
            case PermissionProfile.External(NetworkPolicy network) -> network;
            case PermissionProfile.Managed managed -> managed.network();
        };
    }

    /** What project roots and relative patterns are relative to, if it was given. */
    public @Nullable HostPath cwd() {
        return cwd;
    }

    /** All rules; those of one origin are in the order of their entries. */
    public List<PolicyRule> rules() {
        return rules;
    }

    /** The patterns that deny, each also for where its search root led. */
    public List<PathGlob> denyGlobs() {
        return denyGlobs;
    }

    /** Where files may be changed, for an enforcement by mounts; the shallowest first (spec F48). */
    public List<WritableRoot> writableRoots() {
        return writableRoots;
    }

    /**
     * What may be done with a path (spec F46, F47, F50).
     *
     * @param path absolute and normalised; to be enforced, a location
     */
    public Decision decide(HostPath path) {
        return decide(path.toBytes());
    }

    Decision decide(byte[] path) {
        if (!restrictsFiles) {
            return Decision.unrestricted();
        }
        if (malformedGlob != null) {
            return Decision.malformed(malformedGlob);
        }
        for (PathGlob glob : denyGlobs) {
            if (glob.matches(path)) {
                return Decision.deniedBy(glob);
            }
        }
        PathTrie.Node node = trie.root();
        PolicyRule winner = node.winner;
        PolicyRule protector = null;
        boolean released = false;
        int start = 1;
        while (true) {
            int end = start < path.length ? PathTrie.end(path, start) : start;
            PolicyRule write = node.firstWrite;
            if (write != null) {
                // A writable entry below the metadata, or the metadata itself, takes the protection back.
                released = protector != null;
                if ((protector == null || write.order() < protector.order()) && isMetadata(path, start, end)) {
                    protector = write;
                    released = false;
                }
            }
            PathTrie.Node child = start < path.length ? node.child(path, start, end) : null;
            if (child == null) {
                break;
            }
            node = child;
            if (node.winner != null) {
                winner = node.winner;
            }
            start = end + 1;
        }
        if (winner == null || isNothing(winner)) {
            return Decision.noRule();
        }
        return winner.access() == Access.WRITE && protector != null && !released
                ? Decision.protectedMetadata(protector)
                : Decision.of(winner);
    }

    /** {@code root:none} denies nothing: it only takes full access away (spec F50). */
    private static boolean isNothing(PolicyRule rule) {
        return rule.access() == Access.NONE && rule.path().equals(PolicyCompiler.ROOT);
    }

    /**
     * Whether a path is there at all: it can be read, or is a directory on the way to something that can. Of the latter
     * nothing more is allowed.
     */
    public boolean isVisible(HostPath path) {
        return isVisible(path.toBytes());
    }

    boolean isVisible(byte[] path) {
        Decision decision = decide(path);
        if (decision.canRead()) {
            return true;
        }
        boolean byRule = decision.reason() == Decision.Reason.RULE || decision.reason() == Decision.Reason.NO_RULE;
        return byRule && leadsToReadable(path);
    }

    private boolean leadsToReadable(byte[] path) {
        PathTrie.Node node = trie.root();
        for (int start = 1; start < path.length; ) {
            int end = PathTrie.end(path, start);
            PathTrie.Node child = node.child(path, start, end);
            if (child == null) {
                return false;
            }
            node = child;
            start = end + 1;
        }
        return node.readableBelow;
    }

    /** Whether a path is a place of its own, like a mount: an entry names it, so it can't be removed (spec F62). */
    boolean isRoot(byte[] path) {
        PathTrie.Node node = trie.root();
        for (int start = 1; start < path.length; ) {
            int end = PathTrie.end(path, start);
            PathTrie.Node child = node.child(path, start, end);
            if (child == null) {
                return false;
            }
            node = child;
            start = end + 1;
        }
        return node.winner != null;
    }

    /** Whether a part of a path is the name of protected metadata (spec F47). */
    static boolean isMetadata(byte[] path, int start, int end) {
        for (byte[] name : METADATA) {
            if (end - start == name.length && Arrays.equals(path, start, end, name, 0, name.length)) {
                return true;
            }
        }
        return false;
    }

    /** The names of protected metadata. */
    static List<HostPath> metadataNames() {
        return List.of(HostPath.ofBytes(METADATA[0]), HostPath.ofBytes(METADATA[1]), HostPath.ofBytes(METADATA[2]));
    }

    /** Whether this decides as the other for every path. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SandboxPolicy policy
                && profile.equals(policy.profile)
                && Objects.equals(cwd, policy.cwd)
                && rules.equals(policy.rules)
                && writableRoots.equals(policy.writableRoots)
                && denyGlobs.equals(policy.denyGlobs);
    }

    @Override
    public int hashCode() {
        return Objects.hash(profile, cwd);
    }
}
