package dev.outpost.cli.command;

import dev.outpost.executor.HostPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code outpost exec} was asked to do. Its way from the words to the exit code is free of picocli, which alone takes
 * 150 ms: its classes are so old that the JVM doesn't keep them in a start-up cache.
 *
 * @param environment where
 * @param cwd as it was given; null if it was not
 * @param variables over those of the server
 * @param terminal whether the command gets one
 * @param argv the command, not empty
 */
record ExecRequest(
        EnvironmentsOption environment,
        @Nullable String cwd,
        Map<String, String> variables,
        boolean terminal,
        List<String> argv) {
    private static final String ENVIRONMENT = "--environment";
    private static final String CWD = "--cwd";
    private static final String ENV = "--env";
    private static final String TTY = "--tty";

    /**
     * Reads a correct command line.
     *
     * @param words what follows {@code exec}
     * @return null if this needs a closer look: help, a mistake, an unusual form. Else what picocli would find
     */
    static @Nullable ExecRequest read(List<String> words) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> variables = new LinkedHashMap<>();
        int at = 0;
        while (at < words.size()
                && words.get(at).startsWith("-")
                && !words.get(at).equals("--")) {
            String word = words.get(at++);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String option = name(equals < 0 ? word : word.substring(0, equals));
            String value = "";
            if (takesValue(option)) {
                if (equals >= 0) {
                    value = word.substring(equals + 1);
                } else if (at < words.size() && !words.get(at).startsWith("-")) {
                    value = words.get(at++);
                } else {
                    return null;
                }
            } else if (equals >= 0 || !isFlag(option)) {
                return null;
            }
            boolean first = option.equals(ENV) ? assign(value, variables) : values.put(option, value) == null;
            if (!first) {
                return null;
            }
        }
        List<String> argv = new ArrayList<>(words.subList(at, words.size()));
        if (!argv.isEmpty() && argv.getFirst().equals("--")) {
            argv.removeFirst();
        }
        if (argv.isEmpty()) {
            return null;
        }
        return new ExecRequest(
                new EnvironmentsOption(values.get(ENVIRONMENT), values.containsKey(EnvironmentsOption.IGNORE)),
                values.get(CWD),
                variables,
                values.containsKey(TTY),
                argv);
    }

    /**
     * Does it; a failure is told on stderr. Blocks.
     *
     * @return the exit code
     */
    int run(Here here) {
        try (OpenEnvironments environments = environment.open(here)) {
            Target target = environments.target();
            AttachedProcess.endOnExit(target);
            HostPath directory = cwd == null ? target.directory() : target.resolve(cwd);
            Map<String, String> all = new LinkedHashMap<>(variables);
            if (terminal) {
                addTerminalType(all, here);
            }
            return AttachedProcess.run(target, new AttachedProcess.Request(argv, directory, all, terminal));
        } catch (CommandFailure failure) {
            return failure.report();
        }
    }

    /** Programs on a terminal have to know its kind, and only this side knows it. */
    static void addTerminalType(Map<String, String> variables, Here here) {
        String type = here.variables().text("TERM");
        if (type != null) {
            variables.putIfAbsent("TERM", type);
        }
    }

    private static String name(String option) {
        return option.equals("-e") ? ENVIRONMENT : option.equals("-t") ? TTY : option;
    }

    private static boolean takesValue(String option) {
        return option.equals(ENVIRONMENT) || option.equals(CWD) || option.equals(ENV);
    }

    private static boolean isFlag(String option) {
        return option.equals(TTY) || option.equals(EnvironmentsOption.IGNORE);
    }

    /** Adds {@code NAME=VALUE} to the variables; false if it isn't one. */
    static boolean assign(String assignment, Map<String, String> variables) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            return false;
        }
        variables.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        return true;
    }
}
