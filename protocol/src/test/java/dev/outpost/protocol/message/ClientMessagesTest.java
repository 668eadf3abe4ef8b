package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.assertInvalid;
import static dev.outpost.protocol.message.Parameters.json;
import static dev.outpost.protocol.message.Parameters.text;
import static dev.outpost.protocol.message.Parameters.written;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.Extension;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import dev.outpost.testkit.Spec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's direction of each message: what it writes is what the server reads, and the other way round. */
class ClientMessagesTest {
    private static final ProcessId P = new ProcessId("p \"1\"");

    private static String written(Params params) {
        JsonOutput out = new JsonOutput();
        params.writeTo(out);
        return text(out);
    }

    private static JsonSlice roundTrip(Params params) {
        return json(written(params));
    }

    private static SandboxContext sandbox() {
        List<PolicyEntry> entries = List.of(
                new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.READ, false),
                new PolicyEntry(new SpecialTarget(Kind.PROJECT_ROOTS, null), Access.WRITE, false),
                new PolicyEntry(new SpecialTarget(Kind.TMPDIR, null), Access.WRITE, false),
                new PolicyEntry(new SpecialTarget(Kind.SLASH_TMP, null), Access.WRITE, false),
                new PolicyEntry(new SpecialTarget(Kind.MINIMAL, null), Access.READ, false),
                new PolicyEntry(new PathTarget(HostPath.of("/a b")), Access.NONE, false),
                new PolicyEntry(new GlobTarget("**/.env"), Access.NONE, false));
        return new SandboxContext(
                new PermissionProfile.Managed(
                        new FileSystemPolicy.Restricted(entries, OptionalInt.of(3)), NetworkPolicy.RESTRICTED),
                HostPath.of("/work"),
                List.of(),
                true);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    @Spec({"C28", "C75", "E83", "N15"})
    void filesInBothDialects(Dialect dialect) throws RpcException {
        WirePath path = new WirePath(HostPath.of("/tmp/ä b%"), dialect);
        WirePath other = new WirePath(HostPath.of("/"), dialect);
        SandboxContext sandbox = sandbox();
        var read = new ReadFileParams(path, sandbox);
        assertThat(ReadFileParams.decode(roundTrip(read))).isEqualTo(read);
        var metadata = new MetadataParams(path, null);
        assertThat(MetadataParams.decode(roundTrip(metadata))).isEqualTo(metadata);
        var list = new ReadDirectoryParams(path, sandbox);
        assertThat(ReadDirectoryParams.decode(roundTrip(list))).isEqualTo(list);
        for (boolean flag : new boolean[] {true, false}) {
            var make = new CreateDirectoryParams(path, flag, sandbox);
            assertThat(CreateDirectoryParams.decode(roundTrip(make))).isEqualTo(make);
            var remove = new RemoveParams(path, flag, !flag, null);
            assertThat(RemoveParams.decode(roundTrip(remove))).isEqualTo(remove);
            var copy = new CopyParams(path, other, flag, sandbox);
            assertThat(CopyParams.decode(roundTrip(copy))).isEqualTo(copy);
        }
        JsonOutput out = new JsonOutput();
        WriteFileRequest.prefix(out, path);
        out.base64Part(new byte[] {1, 2, 3}, 0, 3).base64Part(new byte[] {4}, 0, 1);
        WriteFileRequest.suffix(out, path, sandbox);
        WriteFileParams write = WriteFileParams.decode(json(text(out)));
        assertThat(write.path()).isEqualTo(path);
        assertThat(write.sandbox()).isEqualTo(sandbox);
        assertThat(write.data().decode().toByteArray()).containsExactly(1, 2, 3, 4);
    }

    @Test
    @Spec({"C28", "C75"})
    void flagsAreExplicitAndUnsetMembersAreNull() {
        WirePath path = new WirePath(HostPath.of("/a"), Dialect.PATHS);
        assertThat(written(new RemoveParams(path, false, true, null)))
                .isEqualTo("{\"path\":\"/a\",\"recursive\":false,\"force\":true,\"sandbox\":null}");
        assertThat(written(new InitializeParams("codex-core", null)))
                .isEqualTo("{\"clientName\":\"codex-core\",\"resumeSessionId\":null}");
        assertThat(written(new ReadParams(new ProcessId("p"), 0, null, 5)))
                .isEqualTo("{\"processId\":\"p\",\"afterSeq\":0,\"maxBytes\":null,\"waitMs\":5}");
        SandboxContext open = new SandboxContext(new PermissionProfile.Disabled(), null, List.of(), false);
        assertThat(written(new ReadFileParams(path, open))).doesNotContain("cwd");
    }

    @Test
    @Spec({"F35", "N72", "N74", "N75"})
    void anOlderServerGetsProjectRootsAsPaths() throws RpcException {
        SandboxContext context = new SandboxContext(
                new PermissionProfile.Managed(
                        new FileSystemPolicy.Restricted(
                                List.of(new PolicyEntry(
                                        new SpecialTarget(Kind.PROJECT_ROOTS, ".git"), Access.READ, true)),
                                OptionalInt.empty()),
                        NetworkPolicy.ENABLED),
                HostPath.of("/w"),
                List.of(HostPath.of("/a"), HostPath.of("/b")),
                false);
        WirePath uri = new WirePath(HostPath.of("/x"), Dialect.URIS);
        assertThat(ReadFileParams.decode(roundTrip(new ReadFileParams(uri, context)))
                        .sandbox())
                .isEqualTo(context);
        WirePath plain = new WirePath(HostPath.of("/x"), Dialect.PATHS);
        SandboxContext older =
                Objects.requireNonNull(ReadFileParams.decode(roundTrip(new ReadFileParams(plain, context)))
                        .sandbox());
        assertThat(older.permissions())
                .isEqualTo(new PermissionProfile.Managed(
                        new FileSystemPolicy.Restricted(
                                List.of(
                                        new PolicyEntry(new PathTarget(HostPath.of("/a/.git")), Access.READ, false),
                                        new PolicyEntry(new PathTarget(HostPath.of("/b/.git")), Access.READ, false)),
                                OptionalInt.empty()),
                        NetworkPolicy.ENABLED));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void startInBothDialects(Dialect dialect) throws RpcException {
        StartProcess plain = new StartProcess(
                P, List.of("a", "ü\n"), HostPath.of("/w d"), null, Map.of("A", "1"), true, false, null, null);
        var start = new StartParams(plain, dialect);
        assertThat(StartParams.decode(roundTrip(start))).isEqualTo(start);
        StartProcess full = new StartProcess(
                P,
                List.of("a"),
                HostPath.of("/"),
                new EnvironmentPolicy(
                        EnvironmentPolicy.Inherit.CORE, true, List.of("X*"), Map.of("S", "t"), List.of("P", "Q")),
                Map.of(),
                false,
                true,
                "zero",
                dialect == Dialect.URIS ? sandbox() : null);
        var all = new StartParams(full, dialect, dialect == Dialect.URIS ? 4096L : null);
        assertThat(StartParams.decode(roundTrip(all))).isEqualTo(all);
    }

    @Test
    void callsOnProcesses() throws RpcException {
        var read = new ReadParams(P, 7, 100L, 0);
        assertThat(ReadParams.decode(roundTrip(read))).isEqualTo(read);
        WriteParams write = WriteParams.decode(roundTrip(new WriteParams(P, new byte[] {0, -1}, "w")));
        assertThat(write.processId()).isEqualTo(P);
        assertThat(write.chunk()).containsExactly(0, -1);
        assertThat(write.writeId()).isEqualTo("w");
        assertThat(TerminateParams.decode(roundTrip(new TerminateParams(P))).processId())
                .isEqualTo(P);
        var signal = new SignalParams(P, ProcessSignal.INTERRUPT);
        assertThat(SignalParams.decode(roundTrip(signal))).isEqualTo(signal);
        var credit = new CreditParams(P, 12);
        assertThat(CreditParams.decode(roundTrip(credit))).isEqualTo(credit);
        assertThat(NoParams.decode(roundTrip(new NoParams()))).isEqualTo(new NoParams());
    }

    @Test
    void results() throws RpcException {
        var start = new StartResult(P, SandboxType.NONE);
        assertThat(StartResult.decode(json(Parameters.written(start)))).isEqualTo(start);
        for (SandboxType type : SandboxType.values()) {
            var sandboxed = new StartResult(P, type);
            assertThat(StartResult.decode(json(Parameters.written(sandboxed)))).isEqualTo(sandboxed);
        }
        assertThat(StartResult.decode(json("{\"processId\":\"p\"}")).sandboxType())
                .isEqualTo(SandboxType.UNKNOWN);
        assertThat(StartResult.decode(json("{\"processId\":\"p\",\"sandboxType\":\"new\"}"))
                        .sandboxType())
                .isEqualTo(SandboxType.UNKNOWN);
        var write = new WriteResult("accepted");
        assertThat(WriteResult.decode(json(Parameters.written(write)))).isEqualTo(write);
        var terminate = new TerminateResult(true);
        assertThat(TerminateResult.decode(json(Parameters.written(terminate)))).isEqualTo(terminate);
        assertThat(EmptyResult.decode(json("{\"more\":1}"))).isEqualTo(new EmptyResult());
        var metadata = new MetadataResult(new FileMetadata(true, false, true, 5, 6, 7));
        assertThat(MetadataResult.decode(json(Parameters.written(metadata)))).isEqualTo(metadata);
        assertThat(MetadataResult.decode(
                                json("{\"isDirectory\":false,\"isFile\":true,\"createdAtMs\":0,\"modifiedAtMs\":1}"))
                        .metadata())
                .isEqualTo(new FileMetadata(false, true, false, -1, 0, 1));
        var entries = new ReadDirectoryResult(
                List.of(new DirectoryEntry("a", true, false), new DirectoryEntry("ü", false, true)));
        assertThat(ReadDirectoryResult.decode(json(Parameters.written(entries))))
                .isEqualTo(entries);
        assertThat(ReadFileAnswer.content(ReadFileAnswer.decode(json("{\"dataBase64\":\"AQID\"}"))))
                .containsExactly(1, 2, 3);
    }

    @Test
    @Spec({"C22", "C25", "N38", "N52"})
    void initializeFromEveryVersion() throws RpcException {
        EnvironmentInfo info = new EnvironmentInfo(
                "bash",
                HostPath.of("/bin/bash"),
                "1",
                "linux",
                HostPath.of("/w"),
                null,
                HostPath.of("/t"),
                List.of(HostPath.of("/u")),
                Set.of(Extension.PROCESS_RESIZE));
        var ours = new InitializeResult("s", new EnvironmentInfoResult(info));
        assertThat(InitializeResult.decode(json(Parameters.written(ours)))).isEqualTo(ours);
        var old = new InitializeResult("s", null);
        assertThat(InitializeResult.decode(json(Parameters.written(old)))).isEqualTo(old);
        EnvironmentInfoResult strange = Objects.requireNonNull(InitializeResult.decode(
                        json(
                                "{\"sessionId\":\"s\",\"environmentInfo\":{\"shell\":5,\"cwd\":\"file:///C:/x\",\"capabilities\":[]}}"))
                .environment());
        assertThat(strange.outpost()).isNull();
        assertThat(strange.info().cwd()).isNull();
        assertThat(strange.info().executorVersion()).isEqualTo("unknown");
        assertInvalid(InitializeResult::decode, "{}", "missing field `sessionId`");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    @Spec({"P25", "P26", "N40"})
    void readsOfBothDialects(Dialect dialect) throws RpcException {
        var chunk = new ProcessEvent.Output(3, ProcessStream.STDERR, new byte[] {1});
        var running = new ReadResult(List.of(chunk), 4, 9, null, false, null, false);
        ReadResult decoded = ReadResultMessage.decode(
                json(Parameters.written(new ReadResultMessage(running, false, dialect, false))));
        assertThat(decoded.nextSeq()).isEqualTo(4);
        assertThat(decoded.counter()).isEqualTo(dialect == Dialect.URIS ? 9 : 4);
        assertThat(decoded.exit()).isNull();
        assertThat(decoded.chunks().getFirst().bytes()).containsExactly(1);
        var ended = new ReadResult(List.of(), 9, 9, new ExitStatus.Code(3), true, null, true);
        assertThat(ReadResultMessage.decode(
                        json(Parameters.written(new ReadResultMessage(ended, true, dialect, false)))))
                .isEqualTo(ended);
        var failed = new ReadResult(List.of(), 9, 9, null, true, "lost", false);
        assertThat(ReadResultMessage.decode(
                        json(Parameters.written(new ReadResultMessage(failed, true, dialect, false)))))
                .isEqualTo(failed);
    }

    @Test
    @Spec({"W117", "W118", "W119", "N43"})
    void notifications() throws RpcException {
        var writer = new ProcessNotifications(P, Dialect.URIS, false);
        JsonOutput out = new JsonOutput();
        writer.exited(out, new ProcessEvent.Exited(5, new ExitStatus.Code(7), true));
        assertThat(decode(out)).isEqualTo(new ProcessNotification.Exited(P, 5, 7, true));
        out.reset();
        writer.closed(out, new ProcessEvent.Closed(6));
        assertThat(decode(out)).isEqualTo(new ProcessNotification.Closed(P, 6));
        assertThat(ProcessNotification.decode("process/other", json("{}"))).isNull();
        assertInvalid(
                params -> Objects.requireNonNull(ProcessNotification.decode("process/closed", params)),
                "{\"seq\":1}",
                "missing field `processId`");
    }

    private static ProcessNotification decode(JsonOutput out) throws RpcException {
        IncomingMessage message = IncomingMessage.parse(Arrays.copyOf(out.array(), out.size()), out.size());
        var notification = (IncomingMessage.Notification) message;
        return Objects.requireNonNull(ProcessNotification.decode(notification.method(), notification.params()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 100, 65_536, 100_001})
    void outputIsReadQuicklyAsItIsOrdinarily(int size) throws RpcException {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        for (ProcessStream stream : ProcessStream.values()) {
            JsonOutput out = new JsonOutput();
            new ProcessNotifications(new ProcessId("p-1"), Dialect.PATHS, false)
                    .output(out, new ProcessEvent.Output(42, stream, data));
            var quick = Objects.requireNonNull(ProcessNotification.decodeQuickly(out.array(), out.size()));
            var slow = (ProcessNotification.Output) decode(out);
            assertThat(quick.bytes()).isEqualTo(slow.bytes()).isEqualTo(data);
            assertThat(List.of(quick.processId(), quick.seq(), quick.stream()))
                    .isEqualTo(List.of(slow.processId(), slow.seq(), slow.stream()))
                    .isEqualTo(List.of(new ProcessId("p-1"), 42L, stream));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"aGk\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"aGk=\"} }",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"aGk=\",\"x\":\"\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":-1,\"stream\":\"stdout\",\"chunk\":\"aGk=\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":01,\"stream\":\"stdout\",\"chunk\":\"aGk=\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":,\"stream\":\"stdout\",\"chunk\":\"aGk=\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":1,\"stream\":\"stdin\",\"chunk\":\"aGk=\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\\n\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"aGk=\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"ü\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"aGk=\"}}",
                "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"}}",
                "{\"method\":\"process/closed\",\"params\":{\"processId\":\"p\",\"seq\":1}}"
            })
    void everythingElseIsLeftToTheOrdinaryWay(String message) {
        byte[] bytes = message.getBytes(UTF_8);
        assertThat(ProcessNotification.decodeQuickly(bytes, bytes.length)).isNull();
    }

    @Test
    void pathsThatADialectCannotExpress() {
        HostPath latin1 = HostPath.ofBytes(new byte[] {'/', (byte) 0xE4});
        assertThat(PathForms.isExpressible(new WirePath(latin1, Dialect.PATHS))).isFalse();
        assertThat(PathForms.isExpressible(new WirePath(latin1, Dialect.URIS))).isTrue();
        assertThat(PathForms.format(new WirePath(latin1, Dialect.URIS))).isEqualTo("file:///%E4");
    }
}
