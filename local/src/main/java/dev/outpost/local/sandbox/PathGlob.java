package dev.outpost.local.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.HostPath;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * A Git-style pattern for absolute paths (spec F52): {@code *} and {@code ?} stay within a component, {@code **} does not,
 * {@code […]} is a class, <code>{a,b}</code> an alternative, a backslash takes the next character literally. An unclosed
 * {@code [} is literal. A pattern also matches what lies below a path that it matches.
 *
 * <p>Matching takes time in proportion to the path's length times the pattern's, whatever they are. Immutable.
 */
public final class PathGlob {
    /** A longer pattern is malformed; the kernel takes no longer path either. */
    static final int MAX_BYTES = 4096;

    private static final HostPath ROOT = HostPath.of("/");
    private static final HostPath PARENT = HostPath.of("..");
    private static final String SEARCH_META = "*?[]{}\\";

    private final String pattern;
    private final HostPath searchRoot;
    private final GlobProgram program;

    private PathGlob(String pattern, HostPath searchRoot, GlobProgram program) {
        this.pattern = pattern;
        this.searchRoot = searchRoot;
        this.program = program;
    }

    /**
     * Compiles a pattern.
     *
     * @param pattern if relative, it starts from {@code base}, whose characters have no special meaning
     */
    static PathGlob compile(String pattern, HostPath base) throws MalformedGlobException {
        HostPath start = pattern.startsWith("/") ? ROOT : base.normalized();
        Deque<String> kept = new ArrayDeque<>();
        for (String component : List.of(pattern.split("/", -1))) {
            if (component.equals("..")) {
                if (kept.pollLast() == null) {
                    start = start.resolve(PARENT).normalized();
                }
            } else if (!component.isEmpty() && !component.equals(".")) {
                kept.addLast(component);
            }
        }
        return compile(pattern, start, String.join("/", kept));
    }

    private static PathGlob compile(String pattern, HostPath base, String relative) throws MalformedGlobException {
        int meta = 0;
        while (meta < relative.length() && SEARCH_META.indexOf(relative.charAt(meta)) < 0) {
            meta++;
        }
        int slash = relative.lastIndexOf('/', meta == relative.length() ? meta : meta - 1);
        HostPath root = slash <= 0 ? base : base.resolve(HostPath.of(relative.substring(0, slash)));
        ByteArrayOutputStream prefix = new ByteArrayOutputStream();
        byte[] bytes = root.toBytes();
        if (bytes.length > 1) {
            prefix.writeBytes(bytes);
        }
        prefix.write('/');
        byte[] rest = relative.substring(slash + 1).getBytes(UTF_8);
        if (rest.length + prefix.size() > MAX_BYTES) {
            throw new MalformedGlobException(pattern, "longer than " + MAX_BYTES + " bytes");
        }
        return new PathGlob(pattern, root, GlobProgram.compile(pattern, prefix.toByteArray(), rest));
    }

    /** The same pattern as if its {@link #searchRoot} were this directory. */
    PathGlob below(HostPath otherRoot) {
        return new PathGlob(pattern, otherRoot, program.withPrefix(otherRoot));
    }

    /** As it was given, for messages. */
    public String pattern() {
        return pattern;
    }

    /** The directory that all paths which can match lie below (spec F53). */
    public HostPath searchRoot() {
        return searchRoot;
    }

    /** Whether it matches a path, or a directory that the path lies below. */
    public boolean matches(HostPath path) {
        return matches(path.toBytes());
    }

    boolean matches(byte[] path) {
        return program.matches(path);
    }

    /** Whether the other is the same pattern for the same place. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PathGlob glob
                && pattern.equals(glob.pattern)
                && searchRoot.equals(glob.searchRoot)
                && program.hasPrefixOf(glob.program);
    }

    @Override
    public int hashCode() {
        return Objects.hash(pattern, searchRoot);
    }

    @Override
    public String toString() {
        return pattern;
    }
}
