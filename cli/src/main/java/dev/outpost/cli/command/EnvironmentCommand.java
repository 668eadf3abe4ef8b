package dev.outpost.cli.command;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.config.EnvironmentsEditor;
import dev.outpost.protocol.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code outpost env}: what is configured. */
final class EnvironmentCommand implements ClientCommand {
    private static final String EXIT_CODES =
            "Exit codes: 0 success, 1 it could not be done or a check failed, 2 wrong usage, 125 broken configuration.";

    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "env",
                "Show, check and change the configured environments.",
                "Works on environments.toml in OUTPOST_HOME, else in CODEX_HOME, else in ~/.codex.",
                "",
                "Examples:",
                "  outpost env add build-box ws://127.0.0.1:7777",
                "  outpost env add build-box -- ssh build-box outpost/outpost exec-server --listen stdio",
                "  outpost env list --json",
                "  outpost env check build-box",
                "  outpost env remove build-box",
                "",
                EXIT_CODES);
        spec.addSubcommand("list", list());
        spec.addSubcommand("check", check());
        spec.addSubcommand("add", add());
        spec.addSubcommand("remove", remove());
        return spec;
    }

    private static CommandSpec list() {
        CommandSpec spec = ClientCommands.spec(
                "list",
                "Show the environments.",
                "One a line: its id, what it is, and whether it is the default.",
                "",
                EXIT_CODES);
        EnvironmentsOption.addIgnoreTo(spec);
        spec.addOption(ClientCommands.flag("Print an array of objects: id, kind, url, default.", "--json"));
        return spec;
    }

    private static CommandSpec check() {
        CommandSpec spec = ClientCommands.spec(
                "check",
                "Connect to environments and say what is wrong.",
                "Prints the round trip, the version, the shell and the form of paths of each, or why it can't be used and"
                        + " what to do about it.",
                "",
                "Examples:",
                "  outpost env check",
                "  outpost env check ws://127.0.0.1:7777 --json",
                "",
                EXIT_CODES);
        EnvironmentsOption.addIgnoreTo(spec);
        spec.addOption(ClientCommands.flag(
                "Print an array of objects: id, ok, roundTripMillis, version, shell, os, dialect, error, remedy.",
                "--json"));
        OpenFiles.addPaths(spec, "0..*", "ENV", "Ids or URLs. Without any, all that are configured.");
        return spec;
    }

    private static CommandSpec add() {
        CommandSpec spec = ClientCommands.spec(
                "add",
                "Add an environment.",
                "Appends it to the file; what is there stays as it is.",
                "",
                "Examples:",
                "  outpost env add build-box ws://127.0.0.1:7777",
                "  outpost env add build-box -- ssh build-box outpost/outpost exec-server --listen stdio",
                "",
                EXIT_CODES);
        OpenFiles.addPaths(
                spec, "2..*", "ID TARGET", "Its id, and a ws:// or wss:// URL, or a program with its arguments.");
        spec.parser().stopAtPositional(true);
        return spec;
    }

    private static CommandSpec remove() {
        CommandSpec spec = ClientCommands.spec(
                "remove",
                "Remove an environment.",
                "Takes it out of the file; the rest stays as it is.",
                "",
                EXIT_CODES);
        OpenFiles.addPaths(spec, "1", "ID", "Its id.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        ParseResult action = arguments.subcommand();
        if (action == null) {
            throw new ParameterException(arguments.commandSpec().commandLine(), "list, check, add or remove is needed");
        }
        boolean json = action.commandSpec().findOption("--json") != null && action.hasMatchedOption("--json");
        return switch (action.commandSpec().name()) {
            case "list" -> {
                try (OpenEnvironments environments =
                        EnvironmentsOption.of(action).open(here)) {
                    Stdout.print(listing(environments.manager(), json));
                    yield 0;
                }
            }
            case "check" -> {
                try (OpenEnvironments environments =
                        EnvironmentsOption.of(action).open(here)) {
                    List<String> ids = OpenFiles.paths(action);
                    yield EnvironmentCheck.run(
                            environments, ids.isEmpty() ? environments.manager().environmentIds() : ids, json);
                }
            }
            default -> edit(action, here);
        };
    }

    /** A broken file is refused here as everywhere, before it is touched. */
    private static int edit(ParseResult action, Here here) throws CommandFailure {
        EnvironmentsOption.of(action).open(here).close();
        List<String> given = OpenFiles.paths(action);
        String id = given.getFirst();
        try {
            EnvironmentsEditor editor = new EnvironmentsEditor(here.variables());
            Path file;
            if (action.commandSpec().name().equals("remove")) {
                file = editor.remove(id);
            } else {
                List<String> target = given.subList(1, given.size());
                if (target.isEmpty()) {
                    throw new ParameterException(
                            action.commandSpec().commandLine(), "a URL or a program is needed for `" + id + "`");
                }
                file = target.size() == 1 && target.getFirst().contains("://")
                        ? editor.addUrl(id, target.getFirst())
                        : editor.addProgram(id, target.getFirst(), target.subList(1, target.size()));
            }
            System.err.println("changed " + file);
            return 0;
        } catch (EnvironmentException refused) {
            throw new CommandFailure(CommandFailure.FAILED, refused.getMessage());
        }
    }

    private static String listing(EnvironmentManager manager, boolean asJson) {
        StringBuilder lines = new StringBuilder();
        JsonOutput json = new JsonOutput();
        json.raw("[");
        String separator = "";
        for (String id : manager.environmentIds()) {
            Environment environment = manager.environment(id);
            if (environment == null) {
                continue;
            }
            String url = withoutQuery(environment.execServerUrl());
            String kind = !environment.isRemote() ? "local" : url == null ? "program" : "url";
            boolean isDefault = id.equals(manager.defaultEnvironmentId());
            lines.append(id).append('\t').append(url == null ? kind : url).append(isDefault ? "\tdefault\n" : "\n");
            json.raw(separator)
                    .raw("{\"id\":")
                    .string(id)
                    .raw(",\"kind\":")
                    .string(kind)
                    .raw(",\"url\":")
                    .stringOrNull(url)
                    .raw(",\"default\":")
                    .bool(isDefault)
                    .raw("}");
            separator = ",";
        }
        json.raw("]\n");
        return asJson ? new String(json.array(), 0, json.size(), StandardCharsets.UTF_8) : lines.toString();
    }

    /** A query may be secret. */
    private static @Nullable String withoutQuery(@Nullable String url) {
        int query = url == null ? -1 : url.indexOf('?');
        return url == null || query < 0 ? url : url.substring(0, query) + "?…";
    }
}
