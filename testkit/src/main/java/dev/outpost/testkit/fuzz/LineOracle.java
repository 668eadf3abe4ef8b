package dev.outpost.testkit.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a server must see in its standard input (spec W17–W19, N14d). */
public final class LineOracle {
    private LineOracle() {}

    /**
     * Reads all that a client wrote.
     *
     * @param limit largest line in bytes
     * @param ended whether nothing follows, so that what is behind the last line end is a line, too
     */
    public static Wire.Reading read(byte[] bytes, int limit, boolean ended) {
        List<Wire> found = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            boolean whole = end < bytes.length;
            byte[] line = Arrays.copyOfRange(bytes, start, end);
            start = end + 1;
            boolean oversized = line.length > limit;
            if (!Wire.isUtf8(Arrays.copyOf(line, Math.min(line.length, limit)), !oversized && (whole || ended))) {
                found.add(new Wire.Violation());
                return new Wire.Reading(found, 0, false);
            }
            if (oversized) {
                found.add(new Wire.Oversized(Arrays.copyOf(line, limit)));
            } else if ((whole || ended) && !isBlank(line)) {
                boolean carriageReturn = line[line.length - 1] == '\r';
                found.add(new Wire.Message(carriageReturn ? Arrays.copyOf(line, line.length - 1) : line));
            }
        }
        boolean insideLine = bytes.length > 0 && bytes[bytes.length - 1] != '\n' && !ended;
        return new Wire.Reading(found, 0, insideLine);
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && (b < '\t' || b > '\r')) {
                return false;
            }
        }
        return true;
    }
}
