package dev.outpost.cli;

import java.util.function.IntSupplier;

/** What a command line asks for. */
sealed interface Invocation {
    /** Run the server. */
    record ExecServer(ExecServerOptions options) implements Invocation {}

    /** Do what a person asked for; gives the exit code. */
    record Client(IntSupplier command) implements Invocation {}

    /** Print this on stdout and exit with 0: help or version. */
    record Answer(String text) implements Invocation {}

    /** Print this on stderr and exit with 2: the command line makes no sense. */
    record Misuse(String text) implements Invocation {}
}
