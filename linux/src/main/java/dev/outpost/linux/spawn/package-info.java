/**
 * Starting a child process in a session of its own: {@link dev.outpost.linux.spawn.Spawner}. Neither looks a program up
 * on PATH nor decides on an environment. Depends on {@code dev.outpost.linux} only.
 */
@NullMarked
package dev.outpost.linux.spawn;

import org.jspecify.annotations.NullMarked;
