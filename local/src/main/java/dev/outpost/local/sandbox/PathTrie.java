package dev.outpost.local.sandbox;

import dev.outpost.executor.sandbox.Access;
import dev.outpost.local.sandbox.PolicyRule.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rules by the components of their paths. Looking one up costs time in proportion to the path's length, however many
 * rules there are, and no memory. Filled by one thread, then safe from any.
 */
final class PathTrie {
    private final Node root = new Node(new byte[0], 0);

    /** The node of {@code /}. */
    Node root() {
        return root;
    }

    /** Adds a rule at its path. */
    void add(PolicyRule rule) {
        byte[] path = rule.path().toBytes();
        Node node = root;
        int start = 1;
        while (start < path.length) {
            int end = end(path, start);
            node = node.childOrNew(path, start, end);
            start = end + 1;
        }
        node.add(rule);
    }

    /** Computes what nodes know of those below them; after the last {@link #add}. */
    void complete() {
        // Children before parents, without recursion: paths may be deep.
        List<Node> order = new ArrayList<>(List.of(root));
        for (int i = 0; i < order.size(); i++) {
            for (Node child : order.get(i).children) {
                if (child != null) {
                    order.add(child);
                }
            }
        }
        for (Node node : order.reversed()) {
            for (Node child : node.children) {
                if (child != null) {
                    node.readableBelow |=
                            child.readableBelow || (child.winner != null && child.winner.access() != Access.NONE);
                }
            }
        }
    }

    /** Where the component that starts at {@code start} ends. */
    static int end(byte[] path, int start) {
        int end = start;
        while (end < path.length && path[end] != '/') {
            end++;
        }
        return end;
    }

    /** What the rules say of one path. */
    static final class Node {
        private final byte[] name;
        private final int hash;

        /** Open addressing, a power of two, at most half full. */
        private @Nullable Node[] children = {null, null};

        private int count;

        /** Which rule holds here; null if none is about exactly this path. */
        @Nullable PolicyRule winner;

        /** The first rule here that grants writing, whether or not it won. */
        @Nullable PolicyRule firstWrite;

        /** Whether something that may be read lies strictly below. */
        boolean readableBelow;

        private Node(byte[] name, int hash) {
            this.name = name;
            this.hash = hash;
        }

        private void add(PolicyRule rule) {
            if (rule.access() == Access.WRITE && (firstWrite == null || rule.order() < firstWrite.order())) {
                firstWrite = rule;
            }
            if (winner == null || beats(rule, winner)) {
                winner = rule;
            }
        }

        /** None, then what is said of the path itself rather than of a link to it, then write, then read (spec F46). */
        private static boolean beats(PolicyRule rule, PolicyRule other) {
            if ((rule.access() == Access.NONE) != (other.access() == Access.NONE)) {
                return rule.access() == Access.NONE;
            }
            if ((rule.origin() == Origin.ENTRY) != (other.origin() == Origin.ENTRY)) {
                return rule.origin() == Origin.ENTRY;
            }
            return rule.access() == Access.WRITE && other.access() == Access.READ;
        }

        /** The child whose name is this part of a path. */
        @Nullable Node child(byte[] path, int start, int end) {
            if (count == 0) {
                return null;
            }
            int wanted = hash(path, start, end);
            int mask = children.length - 1;
            for (int at = wanted & mask; ; at = (at + 1) & mask) {
                Node child = children[at];
                if (child == null) {
                    return null;
                }
                if (child.hash == wanted && Arrays.equals(child.name, 0, child.name.length, path, start, end)) {
                    return child;
                }
            }
        }

        private Node childOrNew(byte[] path, int start, int end) {
            Node known = child(path, start, end);
            if (known != null) {
                return known;
            }
            Node made = new Node(Arrays.copyOfRange(path, start, end), hash(path, start, end));
            if (2 * (count + 1) > children.length) {
                @Nullable Node[] old = children;
                children = new Node[old.length * 2];
                for (Node child : old) {
                    if (child != null) {
                        place(child);
                    }
                }
            }
            place(made);
            count++;
            return made;
        }

        private void place(Node child) {
            int mask = children.length - 1;
            int at = child.hash & mask;
            while (children[at] != null) {
                at = (at + 1) & mask;
            }
            children[at] = child;
        }

        private static int hash(byte[] path, int start, int end) {
            int hash = 0;
            for (int i = start; i < end; i++) {
                hash = 31 * hash + path[i];
            }
            return hash ^ (hash >>> 15);
        }
    }
}
