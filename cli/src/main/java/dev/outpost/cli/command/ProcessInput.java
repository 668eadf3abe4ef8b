package dev.outpost.cli.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.WriteStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The stdin of a process as a stream. A few writes are under way at a time, and the next one waits until the first of
 * them is accepted: so a process that doesn't read holds its writer back. For one thread.
 */
final class ProcessInput extends OutputStream {
    /** What is best read at once. */
    static final int BUFFER = 256 * 1024;

    /** What one write carries at most: so little that it passes through the processor's caches. */
    private static final int CHUNK = 64 * 1024;

    /** 4 MiB: neither side waits for the other while answers are on their way. */
    private static final int UNDER_WAY = 64;

    /**
     * Gives a command its input on servers that can't close stdin: reads lines with a length, each followed by so many
     * bytes; 0 is the end. The reading half is ended with the command, which need not read everything; it names itself
     * in the first line of the pipe, because sh has no other way to know it.
     */
    private static final String FEEDER =
            "{ sh -c 'echo $PPID'; while read -r n && [ \"$n\" -gt 0 ]; do head -c \"$n\" || exit;"
                    + " done; } 2>/dev/null | { read -r feeder; \"$@\"; code=$?; kill -s PIPE \"$feeder\" 2>/dev/null;"
                    + " exit \"$code\"; }";

    /** How the input's end is told. */
    enum End {
        /** The server closes it. */
        CLOSE,
        /** The process was started behind {@link #behindFeeder}. */
        FEEDER,
        /** By the character that ends the input of a terminal. */
        CONTROL_D,
        /** Not at all. */
        NONE,
    }

    private final ExecProcess process;
    private final End end;
    private final ArrayDeque<CompletableFuture<WriteStatus>> underWay = new ArrayDeque<>();
    private boolean closed;

    ProcessInput(ExecProcess process, End end) {
        this.process = process;
        this.end = end;
    }

    /** The command line that runs this one behind the feeder. */
    static List<String> behindFeeder(List<String> argv) {
        return Stream.concat(Stream.of("sh", "-c", FEEDER, "sh"), argv.stream()).toList();
    }

    /** The process reads no more: nothing is wrong, and nothing more can be written. */
    static final class NobodyReads extends IOException {
        private static final long serialVersionUID = 1L;

        NobodyReads() {
            super("the process reads no more");
        }
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        // The feeder starts a process for each length.
        if (end == End.FEEDER && length > 0) {
            send((length + "\n").getBytes(US_ASCII));
        }
        for (int at = 0; at < length; at += CHUNK) {
            int start = offset + at;
            send(Arrays.copyOfRange(bytes, start, start + Math.min(CHUNK, length - at)));
        }
    }

    private void send(byte[] chunk) throws IOException {
        if (underWay.size() == UNDER_WAY) {
            settle(UNDER_WAY / 2);
        }
        underWay.add(process.write(chunk, null));
    }

    /** Waits until so many of the writes are accepted: for the last of them, so as to be woken once, because they go in order. */
    private void settle(int count) throws IOException {
        if (count == 0) {
            return;
        }
        List<CompletableFuture<WriteStatus>> writes = new ArrayList<>(count);
        while (writes.size() < count) {
            writes.add(underWay.remove());
        }
        try {
            var _ = Target.await(writes.getLast());
            for (CompletableFuture<WriteStatus> write : writes) {
                if (Target.await(write) == WriteStatus.STDIN_CLOSED) {
                    throw new NobodyReads();
                }
            }
        } catch (ExecutorException failure) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    /** Returns when everything is accepted. */
    @Override
    public void flush() throws IOException {
        settle(underWay.size());
    }

    /** Tells the end; returns when that and everything before it is accepted. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        switch (end) {
            case CLOSE -> {
                flush();
                try {
                    var _ = Target.await(process.closeStdin());
                } catch (ExecutorException failure) {
                    throw new IOException(failure.getMessage(), failure);
                }
            }
            case FEEDER -> send("0\n".getBytes(US_ASCII));
            case CONTROL_D -> send(new byte[] {4});
            case NONE -> {}
        }
        flush();
    }
}
