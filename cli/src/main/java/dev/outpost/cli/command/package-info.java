/**
 * The commands of a person: what they take, and what they do with an environment. Start from {@link
 * dev.outpost.cli.command.ClientCommands}. The server needs nothing of this, and must not load it.
 */
@NullMarked
package dev.outpost.cli.command;

import org.jspecify.annotations.NullMarked;
