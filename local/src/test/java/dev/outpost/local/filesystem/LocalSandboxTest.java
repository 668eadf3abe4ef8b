package dev.outpost.local.filesystem;

import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.local.sandbox.FileSandbox;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxLimits;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.contract.SandboxContract;
import java.time.Duration;

class LocalSandboxTest extends SandboxContract {
    private final LocalFileSystem fileSystem = new LocalFileSystem(
            FileSystemLimits.DEFAULT,
            new FileSandbox(
                    SandboxMode.ENFORCE,
                    SandboxHost.local(null),
                    new SandboxLimits(4, Duration.ofMillis(50), Duration.ZERO)));

    @Override
    protected ExecutorFileSystem fileSystem() {
        return fileSystem;
    }
}
