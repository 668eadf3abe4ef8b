package dev.outpost.cli.command;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.PermissionProfiles;
import dev.outpost.protocol.path.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options with which the sandbox commands describe what is allowed: a mode of Codex, or a profile as clients send it. */
final class SandboxOptions {
    private static final String PROFILE = "--profile";
    private static final String WRITE = "--write";
    private static final String DENY = "--deny";
    private static final String NETWORK = "--network";
    private static final String CWD = "--cwd";

    private static final String READ_ONLY = "read-only";
    private static final String WORKSPACE_WRITE = "workspace-write";

    private SandboxOptions() {}

    /** Adds the options to a command. */
    static void addTo(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(PROFILE)
                .arity("1")
                .type(String.class)
                .paramLabel("PROFILE")
                .description("What is allowed: " + READ_ONLY + ", " + WORKSPACE_WRITE + " (read everything, write below"
                        + " the working directory and in /tmp), or a file with a permission profile in JSON, as clients"
                        + " send it. Default: " + WORKSPACE_WRITE + ".")
                .build());
        spec.addOption(paths(WRITE, "DIR", "May be written, too; repeatable."));
        spec.addOption(paths(DENY, "PATH", "May not even be read: a path or a pattern such as '**/.env'; repeatable."));
        spec.addOption(ClientCommands.flag("The network may be used.", NETWORK));
        spec.addOption(OptionSpec.builder(CWD)
                .arity("1")
                .type(String.class)
                .paramLabel("DIR")
                .description("The working directory, which is also the workspace. Without it, the current one.")
                .build());
    }

    private static OptionSpec paths(String name, String label, String description) {
        return OptionSpec.builder(name)
                .arity("1")
                .type(String[].class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    /** The working directory that the options name, absolute. */
    static HostPath cwd(ParseResult arguments, Target target) throws CommandFailure {
        String cwd = arguments.matchedOptionValue(CWD, (String) null);
        return cwd == null ? target.directory() : target.resolve(cwd);
    }

    /** What the options allow. */
    static SandboxContext context(ParseResult arguments, Target target) throws CommandFailure {
        HostPath cwd = cwd(arguments, target);
        PermissionProfile profile = profile(arguments);
        List<PolicyEntry> more = new ArrayList<>();
        for (String path : arguments.matchedOptionValue(WRITE, new String[0])) {
            more.add(entry(new PathTarget(cwd.resolve(HostPath.of(path)).normalized()), Access.WRITE));
        }
        for (String path : arguments.matchedOptionValue(DENY, new String[0])) {
            boolean pattern = path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
            more.add(entry(
                    pattern
                            ? new GlobTarget(path)
                            : new PathTarget(cwd.resolve(HostPath.of(path)).normalized()),
                    Access.NONE));
        }
        boolean network = arguments.hasMatchedOption(NETWORK);
        return new SandboxContext(with(arguments, profile, more, network), cwd, List.of(), false);
    }

    private static PermissionProfile with(
            ParseResult arguments, PermissionProfile profile, List<PolicyEntry> more, boolean network) {
        if (more.isEmpty() && !network) {
            return profile;
        }
        if (!(profile instanceof PermissionProfile.Managed managed)
                || !(managed.fileSystem() instanceof Restricted restricted)) {
            throw misuse(arguments, WRITE + ", " + DENY + " and " + NETWORK + " need a profile that restricts files");
        }
        List<PolicyEntry> entries = new ArrayList<>(restricted.entries());
        entries.addAll(more);
        return new PermissionProfile.Managed(
                new Restricted(entries, restricted.globScanMaxDepth()),
                network ? NetworkPolicy.ENABLED : managed.network());
    }

    private static PermissionProfile profile(ParseResult arguments) throws CommandFailure {
        String profile = arguments.matchedOptionValue(PROFILE, WORKSPACE_WRITE);
        return switch (profile) {
            case READ_ONLY -> managed(special(Kind.ROOT, Access.READ));
            case WORKSPACE_WRITE ->
                managed(
                        special(Kind.ROOT, Access.READ),
                        special(Kind.PROJECT_ROOTS, Access.WRITE),
                        special(Kind.SLASH_TMP, Access.WRITE),
                        special(Kind.TMPDIR, Access.WRITE));
            default -> read(arguments, profile);
        };
    }

    private static PermissionProfile read(ParseResult arguments, String file) throws CommandFailure {
        String json;
        try {
            json = Files.readString(Path.of(file));
        } catch (IOException unreadable) {
            throw misuse(
                    arguments,
                    "the profile `" + file + "` is neither " + READ_ONLY + " nor " + WORKSPACE_WRITE
                            + " nor a file that can be read");
        }
        try {
            return PermissionProfiles.parse(json, Dialect.URIS);
        } catch (RpcException newer) {
            try {
                return PermissionProfiles.parse(json, Dialect.PATHS);
            } catch (RpcException older) {
                throw new CommandFailure(
                        CommandFailure.OUTPOST, file + " is no permission profile: " + newer.getMessage());
            }
        }
    }

    private static PermissionProfile managed(PolicyEntry... entries) {
        return new PermissionProfile.Managed(
                new Restricted(List.of(entries), OptionalInt.empty()), NetworkPolicy.RESTRICTED);
    }

    private static PolicyEntry special(Kind kind, Access access) {
        return entry(new SpecialTarget(kind, null), access);
    }

    private static PolicyEntry entry(PolicyTarget target, Access access) {
        return new PolicyEntry(target, access, false);
    }

    private static ParameterException misuse(ParseResult arguments, String message) {
        return new ParameterException(arguments.commandSpec().commandLine(), message);
    }
}
