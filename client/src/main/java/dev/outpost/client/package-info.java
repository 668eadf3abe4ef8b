/**
 * Executors on other machines, or behind other processes, as {@code executor} interfaces: connecting, the handshake,
 * calls and their answers, recovery after a lost connection (spec 06). Depends on no server.
 */
@NullMarked
package dev.outpost.client;

import org.jspecify.annotations.NullMarked;
