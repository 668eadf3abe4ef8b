package dev.outpost.local.env;

/**
 * A pattern of variable names (spec P80): the whole name, ignoring case; {@code *} is any run of characters, {@code ?}
 * exactly one, everything else itself. Takes at most pattern × name steps, whatever the pattern.
 */
final class NamePattern {
    private final int[] pattern;

    NamePattern(String pattern) {
        this.pattern = folded(pattern);
    }

    boolean matches(String name) {
        int[] text = folded(name);
        int at = 0;
        int inPattern = 0;
        int lastStar = -1;
        int retryAt = 0;
        while (at < text.length) {
            if (inPattern < pattern.length && pattern[inPattern] == '*') {
                lastStar = inPattern++;
                retryAt = at;
            } else if (inPattern < pattern.length && (pattern[inPattern] == '?' || pattern[inPattern] == text[at])) {
                inPattern++;
                at++;
            } else if (lastStar >= 0) {
                // Only the last star needs to take one more: what an earlier one could take, this one can too.
                inPattern = lastStar + 1;
                at = ++retryAt;
            } else {
                return false;
            }
        }
        while (inPattern < pattern.length && pattern[inPattern] == '*') {
            inPattern++;
        }
        return inPattern == pattern.length;
    }

    private static int[] folded(String text) {
        return text.codePoints().map(Character::toLowerCase).toArray();
    }
}
