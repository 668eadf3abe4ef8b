/**
 * Real clients, driven by a scripted model, against this build and against their own servers: start from {@link
 * dev.outpost.interop.Scene}. Our client and command line against real servers: start from {@link
 * dev.outpost.interop.PeerContract}. And the vectors against the server they were recorded from. Needs npm and the network
 * once, or the system property {@code outpost.peers}: a directory whose {@code node_modules} has what {@code
 * peers/package.json} asks for.
 */
@NullMarked
package dev.outpost.interop;

import org.jspecify.annotations.NullMarked;
