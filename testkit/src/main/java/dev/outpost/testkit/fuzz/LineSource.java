package dev.outpost.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a hostile client writes into a server's standard input: mutated messages as lines, with all kinds of line ends,
 * blank lines, lines that are too long. The same seed gives the same bytes. For one thread.
 */
public final class LineSource implements HostileSource {
    /** {@code R} and {@code N} are carriage return and line feed. */
    private static final List<String> ENDS = List.of("N", "N", "N", "RN", "NN", " RN\tN", "RRN");

    private final Random random;
    private final int limit;
    private final Mutator messages;
    private long lines;

    /**
     * A source of bytes.
     *
     * @param limit the server's limit of a line in bytes; a few lines exceed it
     * @param seeds messages to start from
     * @param words what messages consist of
     */
    public LineSource(long seed, int limit, List<byte[]> seeds, List<byte[]> words) {
        random = new Random(seed);
        this.limit = limit;
        messages = new Mutator(seed, seeds, words);
    }

    /** One to eight lines, each with its end. */
    @Override
    public byte[] next() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int count = 1 + random.nextInt(8); count > 0; count--) {
            byte[] line = message();
            if (random.nextInt(250) == 0) {
                int length = line.length;
                line = Arrays.copyOf(line, limit + 1 + random.nextInt(limit));
                Arrays.fill(line, Math.min(length, line.length), line.length, (byte) ' ');
            }
            out.writeBytes(line);
            String end =
                    ENDS.get(random.nextInt(ENDS.size())).replace('N', '\n').replace('R', '\r');
            end.chars().forEach(out::write);
            lines++;
        }
        return out.toByteArray();
    }

    /** Most of those that would end the connection are left out, so that it is kept long enough for all the others. */
    private byte[] message() {
        byte[] message = messages.next();
        while (random.nextInt(8) > 0 && !Envelope.isTolerated(message)) {
            message = messages.next();
        }
        return message;
    }

    @Override
    public long made() {
        return lines;
    }

    @Override
    public Wire.Reading read(byte[] bytes) {
        return LineOracle.read(bytes, limit, false);
    }
}
