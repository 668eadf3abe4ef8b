package dev.outpost.server.dispatch;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.CopyParams;
import dev.outpost.protocol.message.CreateDirectoryParams;
import dev.outpost.protocol.message.EmptyResult;
import dev.outpost.protocol.message.MetadataParams;
import dev.outpost.protocol.message.MetadataResult;
import dev.outpost.protocol.message.ReadDirectoryParams;
import dev.outpost.protocol.message.ReadDirectoryResult;
import dev.outpost.protocol.message.ReadFileParams;
import dev.outpost.protocol.message.RemoveParams;
import dev.outpost.protocol.message.WriteFileParams;

/** {@code fs/*} as calls of the file system (spec W93–W100). All but {@code …AtOnce} block as long as the disk does. */
final class FileMethods {
    private final ExecutorFileSystem files;

    FileMethods(ExecutorFileSystem files) {
        this.files = files;
    }

    void readFile(ReadFileParams params, Call call) throws ExecutorException {
        FileContent content = files.readFile(params.path().path(), params.sandbox());
        call.send(new FileContentAnswer(call.id(), content));
    }

    void writeFile(WriteFileParams params, Call call) throws RpcException, ExecutorException {
        files.writeFile(params.path().path(), params.data().decode(), params.sandbox());
        call.answer(new EmptyResult());
    }

    void createDirectory(CreateDirectoryParams params, Call call) throws ExecutorException {
        files.createDirectory(params.path().path(), params.recursive(), params.sandbox());
        call.answer(new EmptyResult());
    }

    void getMetadata(MetadataParams params, Call call) throws ExecutorException {
        call.answer(new MetadataResult(files.getMetadata(params.path().path(), params.sandbox())));
    }

    /** Answers if that takes no waiting; returns whether it did. */
    boolean getMetadataAtOnce(MetadataParams params, Call call) {
        FileMetadata known = files.metadataAtOnce(params.path().path(), params.sandbox());
        if (known != null) {
            call.answer(new MetadataResult(known));
        }
        return known != null;
    }

    void readDirectory(ReadDirectoryParams params, Call call) throws ExecutorException {
        call.answer(new ReadDirectoryResult(files.readDirectory(params.path().path(), params.sandbox())));
    }

    void remove(RemoveParams params, Call call) throws ExecutorException {
        files.remove(params.path().path(), params.recursive(), params.force(), params.sandbox());
        call.answer(new EmptyResult());
    }

    void copy(CopyParams params, Call call) throws ExecutorException {
        files.copy(params.source().path(), params.destination().path(), params.recursive(), params.sandbox());
        call.answer(new EmptyResult());
    }
}
