package dev.outpost.cli;

import java.util.function.IntSupplier;

/** The program. */
public final class Outpost {
    private Outpost() {}

    /** Never returns but through {@link System#exit}. */
    public static void main(String[] args) {
        ExecServerOptions options = ShortcutReader.read(args);
        System.exit(options == null ? run(CommandLineReader.read(args)) : serve(options));
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
            case Invocation.Client(IntSupplier command) -> {
                StderrLogging.setThreshold(System.Logger.Level.ERROR);
                yield command.getAsInt();
            }
            case Invocation.ExecServer(ExecServerOptions options) -> serve(options);
        };
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
