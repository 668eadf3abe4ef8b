package dev.outpost.server.dispatch;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.message.CloseStdinParams;
import dev.outpost.protocol.message.CopyParams;
import dev.outpost.protocol.message.CreateDirectoryParams;
import dev.outpost.protocol.message.CreditParams;
import dev.outpost.protocol.message.EnvironmentInfoResult;
import dev.outpost.protocol.message.EnvironmentStatusResult;
import dev.outpost.protocol.message.HttpRequestParams;
import dev.outpost.protocol.message.InitializeParams;
import dev.outpost.protocol.message.MetadataParams;
import dev.outpost.protocol.message.NoParams;
import dev.outpost.protocol.message.ReadDirectoryParams;
import dev.outpost.protocol.message.ReadFileParams;
import dev.outpost.protocol.message.ReadParams;
import dev.outpost.protocol.message.RemoveParams;
import dev.outpost.protocol.message.ResizeParams;
import dev.outpost.protocol.message.SignalParams;
import dev.outpost.protocol.message.StartParams;
import dev.outpost.protocol.message.TerminateParams;
import dev.outpost.protocol.message.WriteFileParams;
import dev.outpost.protocol.message.WriteParams;
import dev.outpost.protocol.message.WriteRequest;
import dev.outpost.server.dispatch.Handling.AtOnce;
import dev.outpost.server.dispatch.Handling.FileChange;
import dev.outpost.server.dispatch.Handling.FileRead;
import dev.outpost.server.dispatch.Handling.OnProcess;
import dev.outpost.server.dispatch.Handling.ProcessStart;
import dev.outpost.server.session.Sessions;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every method that a client may call (spec 01 §8, spec 04 §5), one row each. Immutable, shared by all connections. */
public final class MethodTable {
    private static final String NO_HTTP =
            "http/request failed: this executor makes no HTTP requests; send them from another environment";

    private final Map<String, Method<?>> methods;
    private final Method<WriteParams> write;

    /** The methods over these services. */
    public MethodTable(Sessions sessions, ExecutorFileSystem fileSystem, EnvironmentInfo info) {
        var session = new SessionMethods(sessions, info);
        var process = new ProcessMethods();
        var file = new FileMethods(fileSystem);
        write = new Method<>(
                WriteRequest.METHOD,
                MethodFamily.EXEC,
                WriteParams::decode,
                new OnProcess<>(WriteParams::processId, process::write));
        List<Method<?>> rows = List.of(
                new Method<>(
                        "initialize",
                        MethodFamily.SESSION,
                        InitializeParams::decode,
                        new AtOnce<>(session::initialize)),
                new Method<>(
                        "process/start",
                        MethodFamily.EXEC,
                        StartParams::decode,
                        new ProcessStart<>(params -> params.process().id(), process::start)),
                new Method<>(
                        "process/read",
                        MethodFamily.EXEC,
                        ReadParams::decode,
                        new OnProcess<>(ReadParams::processId, process::read)),
                write,
                new Method<>(
                        "process/terminate",
                        MethodFamily.EXEC,
                        TerminateParams::decode,
                        new OnProcess<>(TerminateParams::processId, process::terminate)),
                new Method<>(
                        "process/signal",
                        MethodFamily.EXEC,
                        SignalParams::decode,
                        new OnProcess<>(SignalParams::processId, process::signal)),
                new Method<>(
                        "process/credit",
                        MethodFamily.EXEC,
                        CreditParams::decode,
                        new OnProcess<>(CreditParams::processId, process::credit)),
                new Method<>(
                        "process/resize",
                        MethodFamily.EXEC,
                        ResizeParams::decode,
                        new OnProcess<>(ResizeParams::processId, process::resize)),
                new Method<>(
                        "process/closeStdin",
                        MethodFamily.EXEC,
                        CloseStdinParams::decode,
                        new OnProcess<>(CloseStdinParams::processId, process::closeStdin)),
                new Method<>(
                        "fs/readFile", MethodFamily.FILESYSTEM, ReadFileParams::decode, new FileRead<>(file::readFile)),
                new Method<>(
                        "fs/writeFile",
                        MethodFamily.FILESYSTEM,
                        WriteFileParams::decode,
                        new FileChange<>(file::writeFile)),
                new Method<>(
                        "fs/createDirectory",
                        MethodFamily.FILESYSTEM,
                        CreateDirectoryParams::decode,
                        new FileChange<>(file::createDirectory)),
                new Method<>(
                        "fs/getMetadata",
                        MethodFamily.FILESYSTEM,
                        MetadataParams::decode,
                        new FileRead<>(file::getMetadataAtOnce, file::getMetadata)),
                new Method<>(
                        "fs/readDirectory",
                        MethodFamily.FILESYSTEM,
                        ReadDirectoryParams::decode,
                        new FileRead<>(file::readDirectory)),
                new Method<>(
                        "fs/remove", MethodFamily.FILESYSTEM, RemoveParams::decode, new FileChange<>(file::remove)),
                new Method<>("fs/copy", MethodFamily.FILESYSTEM, CopyParams::decode, new FileChange<>(file::copy)),
                new Method<>(
                        "environment/info",
                        MethodFamily.ENVIRONMENT_INFO,
                        NoParams::decode,
                        new AtOnce<>((_, call) -> call.answer(new EnvironmentInfoResult(info)))),
                new Method<>(
                        "environment/status",
                        MethodFamily.ENVIRONMENT_STATUS,
                        NoParams::decode,
                        new AtOnce<>((_, call) -> call.answer(new EnvironmentStatusResult()))),
                new Method<>(
                        "http/request",
                        MethodFamily.HTTP,
                        HttpRequestParams::decode,
                        new AtOnce<>((_, call) -> call.fail(ErrorCode.INTERNAL_ERROR, NO_HTTP))));
        methods = rows.stream().collect(Collectors.toUnmodifiableMap(Method::name, Function.identity()));
    }

    /** {@code process/write}. */
    Method<WriteParams> write() {
        return write;
    }

    /** The method with this name, or null. */
    @Nullable Method<?> find(String name) {
        return methods.get(name);
    }
}
