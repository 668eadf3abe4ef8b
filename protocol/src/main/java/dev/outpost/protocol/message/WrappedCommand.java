package dev.outpost.protocol.message;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command that a client of 0.131 wants sandboxed: it says so by naming a helper on its own disk as the program, with
 * the policy and the command as the helper's arguments (spec A60). Here the helper need not exist: the words say all
 * that is needed to sandbox the command without it. What can't be understood is an error, because a command must never
 * run without the sandbox that was asked for.
 *
 * @param argv the command itself, not empty
 * @param cwd where it starts; null if the wrapper does not say
 * @param sandbox what it may do
 */
record WrappedCommand(List<String> argv, @Nullable HostPath cwd, SandboxContext sandbox) {
    private static final String HELPER = "codex-linux-sandbox";

    private static final String POLICY_CWD = "--sandbox-policy-cwd";
    private static final String COMMAND_CWD = "--command-cwd";
    private static final String PROFILE = "--permission-profile";
    private static final String LEGACY_LANDLOCK = "--use-legacy-landlock";

    /** Whether a process that is to be started is such a command. */
    static boolean isOne(List<String> argv, @Nullable String arg0) {
        return (!argv.isEmpty() && isHelper(argv.getFirst())) || (arg0 != null && isHelper(arg0));
    }

    private static boolean isHelper(String program) {
        return program.substring(program.lastIndexOf('/') + 1).equals(HELPER);
    }

    /**
     * Reads the words of the wrapper.
     *
     * @throws RpcException {@code INVALID_PARAMS} if anything is missing, twice there, or unknown
     */
    static WrappedCommand decode(List<String> argv) throws RpcException {
        int separator = argv.indexOf("--");
        if (separator < 0) {
            throw unreadable("there is no -- before the command");
        }
        if (separator == argv.size() - 1) {
            throw unreadable("there is no command behind --");
        }
        Map<String, String> options = options(argv.subList(Math.min(1, separator), separator));
        String profile = require(options, PROFILE);
        HostPath policyCwd = path(POLICY_CWD, require(options, POLICY_CWD));
        String commandCwd = options.get(COMMAND_CWD);
        return new WrappedCommand(
                List.copyOf(argv.subList(separator + 1, argv.size())),
                commandCwd == null ? null : path(COMMAND_CWD, commandCwd),
                new SandboxContext(profile(profile), policyCwd, List.of(), options.containsKey(LEGACY_LANDLOCK)));
    }

    private static Map<String, String> options(List<String> words) throws RpcException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String name = word.startsWith("--") && equals > 0 ? word.substring(0, equals) : word;
            String value;
            switch (name) {
                case LEGACY_LANDLOCK -> value = "";
                case POLICY_CWD, COMMAND_CWD, PROFILE -> {
                    if (equals > 0) {
                        value = word.substring(equals + 1);
                    } else if (++i < words.size()) {
                        value = words.get(i);
                    } else {
                        throw unreadable(name + " has no value");
                    }
                }
                default -> throw unreadable("this server does not know what `" + word + "` means for the sandbox");
            }
            if (options.put(name, value) != null) {
                throw unreadable(name + " is there twice");
            }
        }
        return options;
    }

    private static String require(Map<String, String> options, String name) throws RpcException {
        String value = options.get(name);
        if (value == null) {
            throw unreadable(name + " is missing");
        }
        return value;
    }

    private static HostPath path(String option, String value) throws RpcException {
        try {
            return PathForms.parseInSandbox(value, Dialect.PATHS);
        } catch (RpcException relative) {
            throw unreadable(option + " is not an absolute path");
        }
    }

    private static PermissionProfile profile(String json) throws RpcException {
        try {
            return PermissionProfiles.parse(json, Dialect.PATHS);
        } catch (RpcException invalid) {
            throw unreadable(PROFILE + ": " + invalid.getMessage());
        }
    }

    private static RpcException unreadable(String why) {
        return Mismatch.invalid("the command is wrapped in " + HELPER
                + ", which this server carries out itself, and the wrapper can't be read: " + why);
    }
}
