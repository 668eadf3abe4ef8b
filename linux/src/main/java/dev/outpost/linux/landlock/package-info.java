/**
 * Landlock: a thread gives up rights to files and TCP ports, for itself and for all threads and processes that it starts,
 * for ever. Start from {@link dev.outpost.linux.landlock.Ruleset}. Needs no privilege and no namespace.
 */
@NullMarked
package dev.outpost.linux.landlock;

import org.jspecify.annotations.NullMarked;
