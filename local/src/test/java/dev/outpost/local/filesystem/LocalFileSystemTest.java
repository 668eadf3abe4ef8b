package dev.outpost.local.filesystem;

import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.testkit.contract.ExecutorFileSystemContract;

class LocalFileSystemTest extends ExecutorFileSystemContract {
    private final LocalFileSystem fileSystem = new LocalFileSystem();

    @Override
    protected ExecutorFileSystem fileSystem() {
        return fileSystem;
    }
}
