package dev.outpost.cli.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A command of a person. */
interface ClientCommand {
    /** What it takes, under its name, with its help. */
    CommandSpec spec();

    /**
     * Does it. Blocks.
     *
     * @return the exit code
     */
    int run(ParseResult arguments, Here here) throws CommandFailure;
}
