package dev.outpost.cli.command;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.local.env.ExecutorEnvironment;
import java.util.function.Supplier;

/**
 * Where the program itself is.
 *
 * @param variables what it was started with
 * @param info what its machine is like; asked for only when it is needed, since that reads files
 */
public record Here(ExecutorEnvironment variables, Supplier<EnvironmentInfo> info) {}
