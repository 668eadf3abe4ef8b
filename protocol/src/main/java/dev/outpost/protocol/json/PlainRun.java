package dev.outpost.protocol.json;

/**
 * The longest part of a message in which {@link JsonText#plainEnd} found nothing, so that the contents of a large file are
 * searched once and not by everyone who has to step over them. For one thread.
 */
final class PlainRun {
    private int from = -1;
    private int to = -1;

    /** Takes note of a part from {@code start} (inclusive) to {@code end} (exclusive). */
    void see(int start, int end) {
        if (end - start > to - from) {
            from = start;
            to = end;
        }
    }

    /** Takes note of what another one knows of the same message. */
    void see(PlainRun other) {
        see(other.from, other.to);
    }

    /** Where the part ends that begins here; -1 if it is not known. */
    int endOf(int start) {
        return start == from ? to : -1;
    }
}
