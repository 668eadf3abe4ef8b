/**
 * The exec-server without its listener: from connections to the {@code executor} interfaces (spec 01). Start from {@link
 * dev.outpost.server.ExecServer}. Spawns no process, touches no file and no socket itself.
 */
@NullMarked
package dev.outpost.server;

import org.jspecify.annotations.NullMarked;
