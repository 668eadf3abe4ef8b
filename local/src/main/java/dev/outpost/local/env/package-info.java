/**
 * The environment of processes on this machine: what the executor itself was given, and what a child gets of it by a
 * caller's policy (spec 02 §9). Start from {@link dev.outpost.local.env.ChildEnvironment}. Pure computation on bytes,
 * apart from reading {@code /proc/self} and {@code /etc/passwd} once; knows nothing of processes.
 */
@NullMarked
package dev.outpost.local.env;

import org.jspecify.annotations.NullMarked;
