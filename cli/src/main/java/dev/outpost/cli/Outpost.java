package dev.outpost.cli;

import dev.outpost.cli.command.ClientShortcut;
import java.util.List;
import java.util.function.IntSupplier;

/** The program. */
public final class Outpost {
    private Outpost() {}

    /** Never returns but through {@link System#exit}. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** The common cases first, which are read without loading picocli. */
    private static int run(String... args) {
        ExecServerOptions options = ShortcutReader.read(args);
        if (options != null) {
            return serve(options);
        }
        IntSupplier command = ClientShortcut.read(List.of(args), HostEnvironment::here);
        return command == null ? run(CommandLineReader.read(args)) : client(command);
    }

    private static int run(Invocation invocation) {
        return switch (invocation) {
            case Invocation.Answer(String text) -> {
                System.out.print(text);
                yield 0;
            }
            case Invocation.Misuse(String text) -> {
                System.err.print(text);
                yield 2;
            }
            case Invocation.Client(IntSupplier command) -> client(command);
            case Invocation.ExecServer(ExecServerOptions options) -> serve(options);
        };
    }

    private static int client(IntSupplier command) {
        StderrLogging.setThreshold(System.Logger.Level.ERROR);
        return command.getAsInt();
    }

    private static int serve(ExecServerOptions options) {
        StderrLogging.setThreshold(options.logLevel());
        try {
            Serving.run(options);
            return 0;
        } catch (StartFailure failure) {
            System.err.println("Error: " + failure.getMessage());
            return 1;
        }
    }
}
