package dev.outpost.local.process;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.testkit.contract.ProcessProfiles;
import dev.outpost.testkit.contract.Recipe;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A program with processes of all kinds, to be killed by a test: prints {@code ready} when they are started, and waits.
 * Its argument is the decimals of the arguments of its {@code sleep}s, which are 1 to {@value #SLEEPS}; with another one, a
 * workspace, there is a sandboxed {@code sleep 3100} in it, too.
 */
final class GuardedServer {
    static final int SLEEPS = 9;

    private GuardedServer() {}

    public static void main(String[] arguments) throws Exception {
        ProcessSupervisor supervisor =
                new ProcessSupervisor(ProcessLimits.defaults(), ExecutorEnvironment.ofThisProcess());
        ExecBackend backend = supervisor.openBackend();
        String[] scripts = {
            "trap '' TERM HUP INT; sleep 3001.ID & sleep 3002.ID",
            "setsid sleep 3003.ID & (setsid sh -c 'sleep 3004.ID &' &) ; nohup sleep 3005.ID",
            "(setsid sh -c '(setsid sleep 3006.ID &) ; exit' &) ; exit 0",
            "set -m; trap '' HUP; sleep 3007.ID & setsid sleep 3008.ID & sleep 3009.ID",
        };
        for (int i = 0; i < scripts.length; i++) {
            Recipe recipe = Recipe.sh(scripts[i].replace("ID", arguments[0]))
                    .id("p" + i)
                    .onTerminal(i == scripts.length - 1);
            backend.start(recipe.request()).get(30, TimeUnit.SECONDS);
        }
        if (arguments.length > 1) {
            Recipe recipe = Recipe.sh("exec sleep 3100." + arguments[0])
                    .id("sandboxed")
                    .sandbox(ProcessProfiles.workspaceWrite(Path.of(arguments[1])));
            backend.start(recipe.request()).get(30, TimeUnit.SECONDS);
        }
        System.out.println("ready");
        Thread.sleep(TimeUnit.MINUTES.toMillis(10));
    }
}
