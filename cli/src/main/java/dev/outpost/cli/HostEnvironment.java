package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outpost.cli.command.Here;
import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.Extension;
import dev.outpost.executor.HostPath;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.env.UserAccount;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this machine and user are like, for clients that ask (spec N52). */
final class HostEnvironment {
    private HostEnvironment() {}

    /** This program's variables and machine, for its commands. */
    static Here here() {
        ExecutorEnvironment environment = ExecutorEnvironment.ofThisProcess();
        return new Here(environment, () -> describe(environment, UserAccount.current()));
    }

    /** As it is now: a few small files are read. */
    static EnvironmentInfo describe(ExecutorEnvironment environment, UserAccount account) {
        HostPath shell = shell(environment, account);
        String shellText = shell.toString();
        HostPath home = absolute(environment, "HOME");
        HostPath temporary = absolute(environment, "TMPDIR");
        return new EnvironmentInfo(
                shellText.substring(shellText.lastIndexOf('/') + 1),
                shell,
                Version.number(),
                "linux",
                workingDirectory(),
                home == null ? account.home() : home,
                temporary == null ? HostPath.of("/tmp") : temporary,
                List.of(),
                EnumSet.allOf(Extension.class));
    }

    /** The shell that the user runs now, if it exists, else the one they log in with. */
    private static HostPath shell(ExecutorEnvironment environment, UserAccount account) {
        HostPath current = absolute(environment, "SHELL");
        return current != null && Files.isExecutable(Path.of(current.toString())) ? current : account.shell();
    }

    private static @Nullable HostPath absolute(ExecutorEnvironment environment, String name) {
        String value = environment.text(name);
        return value != null && value.startsWith("/") ? HostPath.of(value).normalized() : null;
    }

    /** Null if it was removed. By way of its URI, which alone shows the bytes of a name that is not UTF-8. */
    private static @Nullable HostPath workingDirectory() {
        try {
            String uri = Path.of("/proc/self/cwd").toRealPath().toUri().getRawPath();
            String bytes = URLDecoder.decode(uri.replace("+", "%2B"), ISO_8859_1);
            return HostPath.ofBytes(bytes.getBytes(ISO_8859_1)).normalized();
        } catch (IOException removed) {
            return null;
        }
    }
}
