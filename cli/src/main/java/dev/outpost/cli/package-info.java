/**
 * The program: reads arguments and environment variables into records, connects the modules with each other, starts and
 * ends. Start from {@link dev.outpost.cli.Outpost}. Nothing depends on this package, and nothing here is worth testing
 * without a command line.
 */
@NullMarked
package dev.outpost.cli;

import org.jspecify.annotations.NullMarked;
