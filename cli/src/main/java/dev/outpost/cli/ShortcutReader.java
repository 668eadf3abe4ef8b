package dev.outpost.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a correct {@code exec-server} command line without picocli, which alone takes about 50 ms before the
 * server listens. Whatever is not plainly correct is left to {@link CommandLineReader}; where both have an answer, it is
 * the same.
 */
final class ShortcutReader {
    private ShortcutReader() {}

    /** The options, or null if this needs a closer look: help, a mistake, an unusual form. */
    static @Nullable ExecServerOptions read(String... args) {
        if (args.length == 0 || !(args[0].equals("exec-server") || args[0].equals("serve"))) {
            return null;
        }
        Map<ExecServerFlag, List<String>> values = new EnumMap<>(ExecServerFlag.class);
        for (int i = 1; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            ExecServerFlag flag = find(equals < 0 ? args[i] : args[i].substring(0, equals));
            if (flag == null || values.containsKey(flag) && !flag.isRepeatable()) {
                return null;
            }
            String value = "";
            if (flag.label() == null) {
                if (equals >= 0) {
                    return null;
                }
            } else if (equals >= 0) {
                value = args[i].substring(equals + 1);
            } else if (i + 1 < args.length && !args[i + 1].startsWith("-")) {
                value = args[++i];
            } else {
                return null;
            }
            values.computeIfAbsent(flag, first -> new ArrayList<>()).add(value);
        }
        try {
            return ExecServerOptions.of(values);
        } catch (InvalidOption explainedByTheOtherReader) {
            return null;
        }
    }

    private static @Nullable ExecServerFlag find(String option) {
        for (ExecServerFlag flag : ExecServerFlag.values()) {
            if (flag.option().equals(option)) {
                return flag;
            }
        }
        return null;
    }
}
