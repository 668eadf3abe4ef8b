package dev.outpost.cli;

/**
 * When the heap is worth a full collection. The serial collector alone lets the old generation grow up to the largest
 * heap before it looks at it, and nothing at all happens while nobody allocates. So a collection is due
 *
 * <ul>
 *   <li>when what was added since the last one is half of what that left, and 32 MiB at least;
 *   <li>in a calm, if the heap is larger than it is at first: after 4 s, and after 64 s and 1024 s again, because what is
 *       kept for a time becomes garbage without any activity.
 * </ul>
 *
 * <p>What grows is left alone for fifty times as long as the last collection took, so that collecting takes two percent of
 * the time at most. For one thread.
 */
final class CollectionSchedule {
    /** Between two looks. */
    static final long SECONDS_BETWEEN_LOOKS = 1;

    private static final long MIB = 1024 * 1024;
    private static final long LEAST_GROWTH = 32 * MIB;
    /** More than the young generation and what lives in a server that was just started. */
    private static final long SMALL_HEAP = 32 * MIB;
    /** So much may be allocated between two looks in a calm. */
    private static final long CALM_GROWTH = MIB;

    private static final int FIRST_CALM_LOOK = 4;
    private static final int NEXT_CALM_LOOK = 16;
    private static final int MOST_CALM_LOOKS = 1024;
    private static final int QUIET_SHARE = 50;

    private long live;
    private long usedBefore;
    private long quietUntilNanos;
    private int calmLooks;
    private int nextCalmLook = FIRST_CALM_LOOK;

    /** A heap that was not collected yet. */
    CollectionSchedule(long nowNanos) {
        quietUntilNanos = nowNanos;
    }

    /**
     * One look, {@link #SECONDS_BETWEEN_LOOKS} after the last.
     *
     * @param usedBytes by objects, reachable or not
     * @param committedBytes of the system's memory that the heap occupies
     * @return whether to collect now; then {@link #collected} follows
     */
    boolean isDue(long usedBytes, long committedBytes, long nowNanos) {
        boolean calm = Math.abs(usedBytes - usedBefore) <= CALM_GROWTH;
        usedBefore = usedBytes;
        if (calm) {
            calmLooks = Math.min(calmLooks + 1, MOST_CALM_LOOKS + 1);
        } else {
            calmLooks = 0;
            nextCalmLook = FIRST_CALM_LOOK;
        }
        if (calmLooks >= nextCalmLook && calmLooks <= MOST_CALM_LOOKS) {
            nextCalmLook *= NEXT_CALM_LOOK;
            return committedBytes > SMALL_HEAP;
        }
        boolean grown = usedBytes > live + Math.max(live / 2, LEAST_GROWTH);
        return grown && nowNanos - quietUntilNanos >= 0;
    }

    /** What a collection left, and when it began and ended. */
    void collected(long usedBytes, long beganNanos, long endedNanos) {
        live = usedBytes;
        usedBefore = usedBytes;
        quietUntilNanos = endedNanos + QUIET_SHARE * (endedNanos - beganNanos);
    }
}
