package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern as a machine without backtracking: a set of places in the program moves on with each byte of the path.
 * Immutable.
 */
final class GlobProgram {
    private static final int MAX_NESTING = 16;

    /** What the path has to begin with, up to and including a slash. */
    private final byte[] prefix;

    /** For each step the bytes that it takes; null if it takes none. */
    private final @Nullable BitSet[] takes;

    /** Where a step that takes nothing goes on; for one that takes a byte, the next step. */
    private final int[] next;

    /** Another place where a step that takes nothing goes on; -1 for none. */
    private final int[] other;

    private final int accept;

    private GlobProgram(byte[] prefix, @Nullable BitSet[] takes, int[] next, int[] other) {
        this.prefix = prefix;
        this.takes = takes;
        this.next = next;
        this.other = other;
        this.accept = takes.length;
    }

    /**
     * Compiles a pattern.
     *
     * @param name the pattern in full, for messages
     * @param prefix what comes before it, literally; ends with a slash
     */
    static GlobProgram compile(String name, byte[] prefix, byte[] pattern) throws MalformedGlobException {
        Compiler compiler = new Compiler(name, pattern);
        compiler.sequence(0);
        return new GlobProgram(
                prefix,
                compiler.takes.toArray(BitSet[]::new),
                compiler.next.stream().mapToInt(i -> i).toArray(),
                compiler.other.stream().mapToInt(i -> i).toArray());
    }

    /** The same pattern below another directory. */
    GlobProgram withPrefix(HostPath directory) {
        byte[] bytes = directory.toBytes();
        byte[] slashed = bytes.length == 1 ? bytes : Arrays.copyOf(bytes, bytes.length + 1);
        slashed[slashed.length - 1] = '/';
        return new GlobProgram(slashed, takes, next, other);
    }

    boolean hasPrefixOf(GlobProgram other) {
        return Arrays.equals(prefix, other.prefix);
    }

    /** Whether the path, or one above it, matches. */
    boolean matches(byte[] path) {
        if (path.length < prefix.length || !Arrays.equals(path, 0, prefix.length, prefix, 0, prefix.length)) {
            return false;
        }
        // Each step is gone on from once, to at most two.
        int[] stack = new int[2 * accept + 1];
        BitSet now = new BitSet(accept + 1);
        BitSet then = new BitSet(accept + 1);
        add(now, 0, stack);
        for (int i = prefix.length; i < path.length && !now.isEmpty(); i++) {
            if (path[i] == '/' && now.get(accept)) {
                return true;
            }
            then.clear();
            for (int step = now.nextSetBit(0); step >= 0 && step < accept; step = now.nextSetBit(step + 1)) {
                BitSet taken = takes[step];
                if (taken != null && taken.get(path[i] & 0xff)) {
                    add(then, next[step], stack);
                }
            }
            BitSet spare = now;
            now = then;
            then = spare;
        }
        return now.get(accept);
    }

    /** Adds a step, and all that can be reached from it without taking a byte. */
    private void add(BitSet steps, int first, int[] stack) {
        if (first == accept || takes[first] != null) {
            steps.set(first);
            return;
        }
        int depth = 0;
        stack[depth++] = first;
        while (depth > 0) {
            int step = stack[--depth];
            if (steps.get(step)) {
                continue;
            }
            steps.set(step);
            if (step == accept || takes[step] != null) {
                continue;
            }
            if (!steps.get(next[step])) {
                stack[depth++] = next[step];
            }
            if (other[step] >= 0 && !steps.get(other[step])) {
                stack[depth++] = other[step];
            }
        }
    }

    /** From text to steps, in one pass. */
    private static final class Compiler {
        private final String name;
        private final byte[] pattern;
        private int at;

        final List<@Nullable BitSet> takes = new ArrayList<>();
        final List<Integer> next = new ArrayList<>();
        final List<Integer> other = new ArrayList<>();

        Compiler(String name, byte[] pattern) {
            this.name = name;
            this.pattern = pattern;
        }

        /** Up to the end or, within braces, up to what ends an alternative. */
        void sequence(int nesting) throws MalformedGlobException {
            while (at < pattern.length) {
                byte c = pattern[at];
                switch (c) {
                    case '*' -> star();
                    case '?' -> {
                        take(notSlash());
                        at++;
                    }
                    case '[' -> bracket();
                    case '{' -> alternatives(nesting + 1);
                    case ',', '}' -> {
                        if (nesting > 0) {
                            return;
                        }
                        if (c == '}') {
                            throw new MalformedGlobException(name, "a } without its {");
                        }
                        literal(c);
                    }
                    case '\\' -> {
                        at++;
                        if (at == pattern.length) {
                            throw new MalformedGlobException(name, "a backslash at its end");
                        }
                        literal(pattern[at]);
                    }
                    default -> literal(c);
                }
            }
        }

        private void literal(byte c) {
            take(only(c));
            at++;
        }

        private void star() {
            int start = at;
            while (at < pattern.length && pattern[at] == '*') {
                at++;
            }
            if (at - start == 1) {
                repeat(notSlash());
                return;
            }
            boolean component = (start == 0 || pattern[start - 1] == '/') && at < pattern.length && pattern[at] == '/';
            if (!component) {
                repeat(any());
                return;
            }
            // Any number of components, each with its slash: skip them, or take anything that ends with a slash.
            int skip = step(null);
            repeat(any());
            take(only((byte) '/'));
            at++;
            other.set(skip, takes.size());
        }

        private void alternatives(int nesting) throws MalformedGlobException {
            if (nesting > MAX_NESTING) {
                throw new MalformedGlobException(name, "braces nested more than " + MAX_NESTING + " deep");
            }
            List<Integer> ends = new ArrayList<>();
            while (true) {
                at++;
                int choice = step(null);
                sequence(nesting);
                if (at == pattern.length) {
                    throw new MalformedGlobException(name, "a { without its }");
                }
                ends.add(step(null));
                if (pattern[at] == '}') {
                    // The last choice has nothing else to choose.
                    other.set(choice, -1);
                    at++;
                    break;
                }
                other.set(choice, takes.size());
            }
            for (int end : ends) {
                next.set(end, takes.size());
            }
        }

        /** A class, or a literal bracket if it is not closed. */
        private void bracket() throws MalformedGlobException {
            int start = at + 1;
            boolean negated = start < pattern.length && (pattern[start] == '!' || pattern[start] == '^');
            int first = negated ? start + 1 : start;
            int close = first + 1;
            while (close < pattern.length && pattern[close] != ']') {
                close++;
            }
            if (close >= pattern.length) {
                literal((byte) '[');
                return;
            }
            BitSet members = new BitSet(256);
            for (int i = first; i < close; i++) {
                int low = pattern[i] & 0xff;
                if (i + 2 < close && pattern[i + 1] == '-') {
                    int high = pattern[i + 2] & 0xff;
                    if (high < low) {
                        throw new MalformedGlobException(name, "a range that ends before it begins");
                    }
                    members.set(low, high + 1);
                    i += 2;
                } else {
                    members.set(low);
                }
            }
            if (negated) {
                members.flip(0, 256);
            }
            take(members);
            at = close + 1;
        }

        private void take(BitSet bytes) {
            step(bytes);
        }

        /** Any number of these bytes. */
        private void repeat(BitSet bytes) {
            int choice = step(null);
            int taking = step(bytes);
            next.set(taking, choice);
            other.set(choice, takes.size());
        }

        private int step(@Nullable BitSet bytes) {
            takes.add(bytes);
            next.add(takes.size());
            other.add(-1);
            return takes.size() - 1;
        }

        private static BitSet only(byte c) {
            BitSet set = new BitSet(256);
            set.set(c & 0xff);
            return set;
        }

        private static BitSet notSlash() {
            BitSet set = any();
            set.clear('/');
            return set;
        }

        private static BitSet any() {
            BitSet set = new BitSet(256);
            set.set(0, 256);
            return set;
        }
    }
}
