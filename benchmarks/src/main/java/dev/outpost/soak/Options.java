package dev.outpost.soak;

import java.nio.file.Path;

/**
 * What to do.
 *
 * @param outpost the program to test
 * @param seed of all chance
 * @param seconds how long the mix runs
 * @param actors how many use the server at the same time in the mix
 * @param only what names of activities and hostile scenarios must contain
 * @param processes how many to run instead of the mix; 0 for none
 * @param killRounds how often to kill a server instead; 0 for never
 * @param trees how many trees of processes a server has when it is killed
 * @param hostile whether to run the hostile scenarios instead
 * @param hold seconds for which a hostile client does what it does, where that is a matter of time
 */
record Options(
        Path outpost,
        long seed,
        int seconds,
        int actors,
        String only,
        int processes,
        int killRounds,
        int trees,
        boolean hostile,
        int hold) {
    static final String HELP = """
            usage: soak [options]

              --outpost PATH     the program to test (./outpost)
              --seed N           of all chance (printed; another one each time)
              --only TEXT        activities or hostile scenarios whose name contains the text

            One of these; the first is what is done without any:
              --seconds N        a mix of everything for so long (60), by
                --actors N       so many at the same time (8)
              --processes N      N short processes, half of them on terminals
              --hostile          hostile clients beside an honest one;
                --hold N         seconds for which a client doesn't read (20)
              --kill-rounds N    SIGKILL of the server N times, with
                --trees N        so many trees of processes (100)

            Exit code: 0 if all is well, 1 if not, 2 for wrong usage.""";

    /** @throws IllegalArgumentException with one sentence on what is wrong */
    static Options parse(String[] arguments) {
        Path outpost = Path.of("outpost");
        long seed = System.nanoTime();
        int seconds = 60;
        int actors = 8;
        String only = "";
        int processes = 0;
        int killRounds = 0;
        int trees = 100;
        boolean hostile = false;
        int hold = 20;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--outpost" -> outpost = Path.of(value(arguments, ++i));
                case "--seed" -> seed = number(arguments, ++i);
                case "--seconds" -> seconds = (int) number(arguments, ++i);
                case "--actors" -> actors = (int) number(arguments, ++i);
                case "--only" -> only = value(arguments, ++i);
                case "--processes" -> processes = (int) number(arguments, ++i);
                case "--kill-rounds" -> killRounds = (int) number(arguments, ++i);
                case "--trees" -> trees = (int) number(arguments, ++i);
                case "--hostile" -> hostile = true;
                case "--hold" -> hold = (int) number(arguments, ++i);
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        return new Options(
                outpost.toAbsolutePath(), seed, seconds, actors, only, processes, killRounds, trees, hostile, hold);
    }

    private static String value(String[] arguments, int at) {
        if (at >= arguments.length) {
            throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
        }
        return arguments[at];
    }

    private static long number(String[] arguments, int at) {
        String value = value(arguments, at);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(arguments[at - 1] + " needs a number and not " + value, e);
        }
    }
}
