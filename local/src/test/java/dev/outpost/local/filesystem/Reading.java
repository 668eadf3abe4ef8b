package dev.outpost.local.filesystem;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A read on a thread of its own. */
final class Reading {
    final CompletableFuture<FileContent> result = new CompletableFuture<>();
    final Thread thread;

    Reading(ExecutorFileSystem fileSystem, Path path) {
        thread = Thread.ofPlatform().start(() -> {
            try {
                result.complete(fileSystem.readFile(Disk.host(path), null));
            } catch (ExecutorException e) {
                result.completeExceptionally(e);
            }
        });
    }

    void awaitWaiting() {
        await().until(() -> thread.getState() == Thread.State.WAITING);
    }

    void failsWhenInterrupted() {
        thread.interrupt();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(result::join)
                .havingCause()
                .isInstanceOf(ExecutorException.class)
                .withMessage("the file operation was interrupted before it was complete");
    }
}
