package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Takes a process's events as a subscriber does, and keeps them. For one thread. */
public final class EventCollector implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Semaphore available = new Semaphore(0);
    private final ProcessEvents source;
    private final List<ProcessEvent> events = new ArrayList<>();

    /** Subscribes from the first event that is retained. */
    public EventCollector(ExecProcess process) {
        this(process, 0);
    }

    /** Subscribes from the first event after a number. */
    public EventCollector(ExecProcess process, long afterSeq) {
        source = process.subscribe(afterSeq, available::release);
    }

    /** Takes events until one is like this, which is the last that is kept; fails if that takes too long. */
    public List<ProcessEvent> until(Predicate<ProcessEvent> last) throws InterruptedException {
        while (true) {
            ProcessEvent event = source.poll();
            if (event != null) {
                events.add(event);
                if (last.test(event)) {
                    return events;
                }
            } else if (!available.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                List<String> all = describe();
                throw new AssertionError("nothing more came after " + all.size() + " events, the last of them "
                        + all.subList(Math.max(0, all.size() - 10), all.size()));
            }
        }
    }

    /** Takes events until the process is closed. */
    public List<ProcessEvent> untilClosed() throws InterruptedException {
        return until(event -> event instanceof ProcessEvent.Closed);
    }

    /** Takes events until its output contains a text. */
    public void untilOutput(String text) throws InterruptedException {
        if (!text().contains(text)) {
            until(event -> event instanceof ProcessEvent.Output && text().contains(text));
        }
    }

    /** All events so far. */
    public List<ProcessEvent> events() {
        return List.copyOf(events);
    }

    /** Bytes of one stream so far. */
    public byte[] bytes(ProcessStream stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ProcessEvent event : events) {
            if (event instanceof ProcessEvent.Output output && output.stream() == stream) {
                bytes.writeBytes(output.bytes());
            }
        }
        return bytes.toByteArray();
    }

    /** Text of one stream so far. */
    public String text(ProcessStream stream) {
        return new String(bytes(stream), UTF_8);
    }

    /** Text of all streams so far. */
    public String text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ProcessEvent event : events) {
            if (event instanceof ProcessEvent.Output output) {
                bytes.writeBytes(output.bytes());
            }
        }
        return bytes.toString(UTF_8);
    }

    /** How the process ended; it has to be among the events. */
    public ExitStatus exit() {
        return events.stream()
                .filter(ProcessEvent.Exited.class::isInstance)
                .map(event -> ((ProcessEvent.Exited) event).status())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no exit in " + describe()));
    }

    /** The events in short: {@code stdout pty exited closed gap}, each with its number. */
    public List<String> describe() {
        return events.stream()
                .map(event -> switch (event) {
                    case ProcessEvent.Output output -> output.seq() + " " + output.stream();
                    case ProcessEvent.Exited exited -> exited.seq() + " exited";
                    case ProcessEvent.Closed closed -> closed.seq() + " closed";
                    case ProcessEvent.Failed failed -> failed.seq() + " failed";
                    case ProcessEvent.Gap gap -> gap.firstSeq() + "-" + gap.seq() + " gap";
                })
                .toList();
    }

    @Override
    public void close() {
        source.close();
    }
}
