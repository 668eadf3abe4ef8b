package dev.outpost.protocol.message;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.EnvironmentPolicy.Inherit;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code process/start} (spec W81–W88, N39), and {@code size}, an extension: the size that the terminal
 * begins with.
 *
 * <p>A command that a client of 0.131 wrapped in its sandbox helper is decoded as what it stands for: the command, with a
 * sandbox (spec A60).
 *
 * @param dialect read off the cwd; the process keeps it (spec N14a)
 * @param outputWindow Outpost's own: how much output may be notified before {@link CreditParams} allow more, counted as
 *     there, so that a slow client holds the process back instead of losing output; null for no bound. A client that
 *     sets it is notified after a resume of its session only when it has read to the end
 */
public record StartParams(
        StartProcess process, Dialect dialect, @Nullable Long outputWindow) implements Params {
    private static final Field<Inherit> INHERIT = Field.required(
            "inherit",
            Decoders.oneOf(List.of("core", "all", "none"), List.of(Inherit.CORE, Inherit.ALL, Inherit.NONE)));
    private static final Field<Boolean> IGNORE_DEFAULT_EXCLUDES =
            Field.required("ignoreDefaultExcludes", Decoders::bool);
    private static final Field<List<String>> EXCLUDE = Field.required("exclude", Decoders::strings);
    private static final Field<Map<String, String>> SET = Field.required("set", Decoders::stringMap);
    private static final Field<List<String>> INCLUDE_ONLY = Field.required("includeOnly", Decoders::strings);
    private static final Shape ENV_POLICY_SHAPE =
            new Shape("struct ExecEnvPolicy", 5, INHERIT, IGNORE_DEFAULT_EXCLUDES, EXCLUDE, SET, INCLUDE_ONLY);

    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<List<String>> ARGV = Field.required("argv", Decoders::strings);
    private static final Field<String> CWD = Field.required("cwd", Decoders::pathString);
    private static final Field<EnvironmentPolicy> ENV_POLICY =
            Field.optional("envPolicy", StartParams::environmentPolicy);
    private static final Field<Map<String, String>> ENV = Field.required("env", Decoders::stringMap);
    private static final Field<Boolean> TTY = Field.required("tty", Decoders::bool);
    private static final Field<Boolean> PIPE_STDIN = Field.withDefault("pipeStdin", false, Decoders::bool);
    private static final Field<String> ARG0 = Field.optional("arg0", Decoders::string);
    private static final Field<TerminalSize> SIZE =
            Field.withDefault("size", TerminalSize.DEFAULT, TerminalSizes::decode);
    private static final Field<JsonSlice> SANDBOX = Field.optional("sandbox", Decoders::slice);
    private static final Field<Boolean> ENFORCE_MANAGED_NETWORK =
            Field.withDefault("enforceManagedNetwork", false, Decoders::bool);
    private static final Field<JsonSlice> NETWORK_PROXY = Field.optional("networkProxy", Decoders::slice);
    private static final Field<Long> OUTPUT_WINDOW = Field.optional("outputWindow", Decoders::unsigned);
    private static final Field<JsonSlice> SHELL_SNAPSHOT = Field.optional("shellSnapshot", Decoders::slice);
    private static final Shape SHAPE = new Shape(
            "struct ExecParams",
            8,
            PROCESS_ID,
            ARGV,
            CWD,
            ENV_POLICY,
            ENV,
            TTY,
            PIPE_STDIN,
            ARG0,
            SANDBOX,
            ENFORCE_MANAGED_NETWORK,
            NETWORK_PROXY,
            SHELL_SNAPSHOT,
            OUTPUT_WINDOW,
            SIZE);

    /** Without a bound of output. */
    public StartParams(StartProcess process, Dialect dialect) {
        this(process, dialect, null);
    }

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static StartParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        refuseUnsupported(values);
        WirePath cwd = PathForms.parseCwd(values.get(CWD));
        JsonSlice sandbox = values.find(SANDBOX);
        StartProcess process = sandbox == null && WrappedCommand.isOne(values.get(ARGV), values.find(ARG0))
                ? unwrapped(values, cwd.path(), WrappedCommand.decode(values.get(ARGV)))
                : process(
                        values,
                        values.get(ARGV),
                        cwd.path(),
                        values.find(ARG0),
                        sandbox == null
                                ? null
                                : SandboxDecoder.of(cwd.dialect()).decode(sandbox));
        return new StartParams(process, cwd.dialect(), values.find(OUTPUT_WINDOW));
    }

    private static StartProcess unwrapped(Values values, HostPath cwd, WrappedCommand command) throws RpcException {
        HostPath own = command.cwd();
        return process(values, command.argv(), own == null ? cwd : own, null, command.sandbox());
    }

    private static StartProcess process(
            Values values, List<String> argv, HostPath cwd, @Nullable String arg0, @Nullable SandboxContext sandbox)
            throws RpcException {
        return new StartProcess(
                new ProcessId(values.get(PROCESS_ID)),
                argv,
                cwd,
                values.find(ENV_POLICY),
                values.get(ENV),
                values.get(TTY),
                values.get(PIPE_STDIN),
                arg0,
                sandbox,
                values.get(SIZE));
    }

    /**
     * What would change what the process can reach or sees is refused, not ignored. {@code managedNetwork} alone only
     * opens ports of a restricted network, so to ignore it is stricter; {@code metadata} and {@code credentialProviders}
     * are ignored (spec N5).
     */
    private static void refuseUnsupported(Values values) throws RpcException {
        if (values.get(ENFORCE_MANAGED_NETWORK)) {
            throw unsupported("enforceManagedNetwork: true", "networkProxyLaunch");
        }
        if (values.find(NETWORK_PROXY) != null) {
            throw unsupported("networkProxy", "networkProxyLaunch");
        }
        if (values.find(SHELL_SNAPSHOT) != null) {
            throw unsupported("shellSnapshot", "shellSnapshotV2");
        }
    }

    private static RpcException unsupported(String what, String capability) {
        return Mismatch.invalid("process/start with " + what + " is not supported by this server (capability "
                + capability + " is not announced); leave it out");
    }

    private static EnvironmentPolicy environmentPolicy(JsonReader in) throws RpcException {
        Values values = ENV_POLICY_SHAPE.decode(in);
        return new EnvironmentPolicy(
                values.get(INHERIT),
                values.get(IGNORE_DEFAULT_EXCLUDES),
                values.get(EXCLUDE),
                values.get(SET),
                values.get(INCLUDE_ONLY));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(process.id().value());
        out.raw(",\"argv\":");
        strings(out, process.argv());
        out.raw(",\"cwd\":").string(PathForms.format(new WirePath(process.cwd(), dialect)));
        out.raw(",\"envPolicy\":");
        EnvironmentPolicy policy = process.environmentPolicy();
        if (policy == null) {
            out.raw("null");
        } else {
            write(out, policy);
        }
        out.raw(",\"env\":");
        stringMap(out, process.environment());
        out.raw(",\"tty\":").bool(process.tty());
        out.raw(",\"pipeStdin\":").bool(process.pipeStdin());
        out.raw(",\"arg0\":").stringOrNull(process.arg0());
        switch (dialect) {
            case PATHS -> {}
            case URIS -> {
                out.raw(",\"sandbox\":");
                SandboxEncoder.write(out, process.sandbox(), dialect);
                out.raw(",\"enforceManagedNetwork\":false,\"managedNetwork\":null");
                if (process.tty() && !process.terminalSize().equals(TerminalSize.DEFAULT)) {
                    out.raw(",\"size\":");
                    TerminalSizes.write(out, process.terminalSize());
                }
                if (outputWindow != null) {
                    out.raw(",\"outputWindow\":").number(outputWindow);
                }
            }
        }
        out.raw("}");
    }

    private static void write(JsonOutput out, EnvironmentPolicy policy) {
        out.raw("{\"inherit\":\"")
                .raw(
                        switch (policy.inherit()) {
                            case CORE -> "core";
                            case ALL -> "all";
                            case NONE -> "none";
                        });
        out.raw("\",\"ignoreDefaultExcludes\":").bool(policy.ignoreDefaultExcludes());
        out.raw(",\"exclude\":");
        strings(out, policy.exclude());
        out.raw(",\"set\":");
        stringMap(out, policy.set());
        out.raw(",\"includeOnly\":");
        strings(out, policy.includeOnly());
        out.raw("}");
    }

    private static void strings(JsonOutput out, List<String> values) {
        String separator = "[";
        for (String value : values) {
            out.raw(separator).string(value);
            separator = ",";
        }
        out.raw(values.isEmpty() ? "[]" : "]");
    }

    private static void stringMap(JsonOutput out, Map<String, String> values) {
        String separator = "{";
        for (Map.Entry<String, String> entry : values.entrySet()) {
            out.raw(separator).string(entry.getKey()).raw(":").string(entry.getValue());
            separator = ",";
        }
        out.raw(values.isEmpty() ? "{}" : "}");
    }
}
