package dev.outpost.executor.process;

/**
 * Size of a terminal in characters.
 *
 * @param rows 1 to 65535
 * @param columns 1 to 65535
 */
public record TerminalSize(int rows, int columns) {
    /** What a terminal has unless its starter says otherwise (spec P57). */
    public static final TerminalSize DEFAULT = new TerminalSize(24, 80);

    /** The largest number of rows or columns. */
    public static final int LARGEST = 65_535;

    /** Refuses what no terminal can be. */
    public TerminalSize {
        if (rows < 1 || rows > LARGEST || columns < 1 || columns > LARGEST) {
            throw new IllegalArgumentException("a terminal has 1 to " + LARGEST + " rows and columns, not " + rows
                    + " rows and " + columns + " columns");
        }
    }
}
