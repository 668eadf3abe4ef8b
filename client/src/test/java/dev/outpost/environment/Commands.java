package dev.outpost.environment;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.List;
import java.util.Map;

/** Processes as tests need them. */
final class Commands {
    private Commands() {}

    /** A shell command with a PATH and nothing else. */
    static StartProcess shell(String id, String script) {
        EnvironmentPolicy nothing = null;
        return new StartProcess(
                new ProcessId(id),
                List.of("/bin/sh", "-c", script),
                HostPath.of("/"),
                nothing,
                Map.of("PATH", "/usr/bin:/bin"),
                false,
                true,
                null,
                null);
    }
}
