package dev.outpost.client.remote;

import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvent.Closed;
import dev.outpost.executor.process.ProcessEvent.Exited;
import dev.outpost.executor.process.ProcessEvent.Gap;
import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.protocol.message.CreditParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the events of one process in the order of their numbers: an event that comes early waits until all before it are
 * there, one that came before is dropped (spec C54). For one thread at a time.
 */
final class EventOrder {
    /** Counts for an event beside its bytes, so that empty ones cost something, too. */
    static final int OVERHEAD = CreditParams.CHUNK_OVERHEAD;

    private final long maxEarlyBytes;
    private final Consumer<ProcessEvent> publish;

    /** By their first number. */
    private final TreeMap<Long, ProcessEvent> early = new TreeMap<>();

    private long earlyBytes;
    private long published;
    private boolean exitSeen;
    private boolean closeSeen;

    /**
     * Nothing has come yet.
     *
     * @param maxEarlyBytes of the events that wait for others, each counting with {@value #OVERHEAD} bytes more
     * @param publish is given each event in its turn
     */
    EventOrder(long maxEarlyBytes, Consumer<ProcessEvent> publish) {
        this.maxEarlyBytes = maxEarlyBytes;
        this.publish = publish;
    }

    static long costOf(ProcessEvent event) {
        return OVERHEAD + (event instanceof Output output ? output.bytes().length : 0);
    }

    /** Begins behind an event that is not wanted any more. */
    void startAfter(long seq) {
        published = seq;
    }

    /** Number of the last event that was published. */
    long published() {
        return published;
    }

    /**
     * Takes an event.
     *
     * @param always whether it is kept although it came early and there is no room for it
     * @return false if it is not kept; then it has to be read
     */
    boolean add(ProcessEvent event, boolean always) {
        long seq = event.seq();
        if (seq <= published || early.containsKey(seq)) {
            return true;
        }
        boolean next = seq == published + 1;
        if (!next && !always && earlyBytes + costOf(event) > maxEarlyBytes) {
            return false;
        }
        insert(seq, event);
        publishReady();
        return true;
    }

    /**
     * Publishes a gap for what will never come, as a read shows that began behind {@link #published} and whose chunks were
     * added: what is missing before the first of them, or, where it returned none, up to the counter (spec N94). That can't
     * wait for a read without chunks: while a process prints faster than it is read there is none.
     *
     * <p>The exit and the close have numbers, too, but reads don't tell which; the close has the last one, the exit one
     * that is missing. Which one is known only when a read returned no chunk; where output is missing as well the exit
     * can't be told from it, so the last missing number is taken for it, and the others are a gap.
     */
    void resolve(ReadResult read) {
        if (read.chunks().isEmpty()) {
            resolveAll(read);
        } else if (read.exit() == null || exitSeen) {
            missing(read.chunks().getFirst().seq()).forEach(gap -> insert(gap.firstSeq(), gap));
        }
        publishReady();
    }

    private void resolveAll(ReadResult last) {
        long end = last.counter();
        if (last.closed() && !closeSeen && end - 1 > published) {
            insert(end - 1, new Closed(end - 1));
        }
        List<Gap> missing = missing(end);
        if (last.exit() != null && !exitSeen && !missing.isEmpty()) {
            // Eviction makes one hole, at the beginning. So if there are two, the second one is the exit.
            Gap hole = missing.removeLast();
            insert(hole.seq(), new Exited(hole.seq(), last.exit(), last.sandboxDenied()));
            if (hole.firstSeq() < hole.seq()) {
                missing.add(new Gap(hole.firstSeq(), hole.seq() - 1));
            }
        }
        missing.forEach(gap -> insert(gap.firstSeq(), gap));
    }

    /** Forgets what waits. */
    void clear() {
        early.clear();
        earlyBytes = 0;
    }

    private List<Gap> missing(long end) {
        List<Gap> missing = new ArrayList<>();
        long next = published + 1;
        for (Map.Entry<Long, ProcessEvent> entry : early.entrySet()) {
            long first = entry.getKey();
            if (first >= end) {
                break;
            }
            if (first > next) {
                missing.add(new Gap(next, first - 1));
            }
            next = entry.getValue().seq() + 1;
        }
        if (next < end) {
            missing.add(new Gap(next, end - 1));
        }
        return missing;
    }

    private void insert(long first, ProcessEvent event) {
        exitSeen |= event instanceof Exited;
        closeSeen |= event instanceof Closed;
        early.put(first, event);
        earlyBytes += costOf(event);
    }

    private void publishReady() {
        for (ProcessEvent next = take(); next != null; next = take()) {
            published = next.seq();
            publish.accept(next);
        }
    }

    private @Nullable ProcessEvent take() {
        ProcessEvent next = early.remove(published + 1);
        if (next != null) {
            earlyBytes -= costOf(next);
        }
        return next;
    }
}
