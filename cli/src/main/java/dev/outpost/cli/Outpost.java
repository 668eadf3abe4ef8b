package dev.outpost.cli;

import java.util.function.IntSupplier;

/** The program. */
public final class Outpost {
    private Outpost() {}

    /** Never returns but through {@link System#exit}. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        ExecServerOptions options = ShortcutReader.read(args);
        Invocation invocation = options == null ? CommandLineReader.read(args) : new Invocation.ExecServer(options);
        switch (invocation) {
            case Invocation.Answer(String text) -> {
                System.out.print(text);
                return 0;
            }
            case Invocation.Misuse(String text) -> {
                System.err.print(text);
                return 2;
            }
            case Invocation.Client(IntSupplier command) -> {
                StderrLogging.setThreshold(System.Logger.Level.ERROR);
                return command.getAsInt();
            }
            case Invocation.ExecServer(ExecServerOptions asked) -> {
                StderrLogging.setThreshold(asked.logLevel());
                try {
                    Serving.run(asked);
                    return 0;
                } catch (StartFailure failure) {
                    System.err.println("Error: " + failure.getMessage());
                    return 1;
                }
            }
        }
    }
}
