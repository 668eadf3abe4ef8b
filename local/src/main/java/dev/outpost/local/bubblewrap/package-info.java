/**
 * Bubblewrap, the program that gives a command namespaces of its own and a view of the disk: whether it can be used here
 * ({@link dev.outpost.local.bubblewrap.BubblewrapDetection}), and the command line for a {@link
 * dev.outpost.local.sandbox.MountPlan} ({@link dev.outpost.local.bubblewrap.BubblewrapCommand}). Starts no command itself.
 */
@NullMarked
package dev.outpost.local.bubblewrap;

import org.jspecify.annotations.NullMarked;
