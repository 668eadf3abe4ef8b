package dev.outpost.cli.command;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;

/** Shows on stderr how far a copy is, if a person sees it: on a terminal, and after half a second. */
final class Progress {
    private static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();
    private static final long AGAIN_NANOS = Duration.ofMillis(200).toNanos();
    private static final double MIB = 1 << 20;

    private final boolean shown = UserTerminal.isError();

    /**
     * Passes everything on. Closing it ends the line but doesn't close the target.
     *
     * @param size what there will be; -1 if that is unknown
     */
    OutputStream counting(String name, long size, OutputStream target) {
        return new Counting(name, size, target);
    }

    private final class Counting extends OutputStream {
        private final String name;
        private final long size;
        private final OutputStream target;
        private final long begin = System.nanoTime();
        private long next = begin + FIRST_NANOS;
        private long count;
        private boolean begun;

        Counting(String name, long size, OutputStream target) {
            this.name = name;
            this.size = size;
            this.target = target;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            target.write(bytes, offset, length);
            count += length;
            long now = System.nanoTime();
            if (shown && now - next >= 0) {
                next = now + AGAIN_NANOS;
                begun = true;
                print(now);
            }
        }

        private void print(long now) {
            double rate = count / MIB / Math.max((now - begin) / 1e9, 1e-3);
            String whole =
                    size > 0 ? String.format(Locale.ROOT, " of %.0f MiB (%d%%)", size / MIB, count * 100 / size) : "";
            System.err.print(
                    String.format(Locale.ROOT, "\r\u001b[K%s: %.0f MiB%s, %.0f MiB/s", name, count / MIB, whole, rate));
        }

        @Override
        public void close() {
            if (begun) {
                print(System.nanoTime());
                System.err.println();
                begun = false;
            }
        }
    }
}
