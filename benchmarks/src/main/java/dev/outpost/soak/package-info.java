/**
 * Tries to break a real server for as long as one likes: a seeded mix of everything a client can do, verified byte by
 * byte, with a look at what the server holds of the operating system; a hundred thousand processes; hostile clients
 * beside an honest one; SIGKILL of the server with trees of processes below it. Start from {@link
 * dev.outpost.soak.Soak}. Nothing of Outpost is on its class path: what it knows of the server it sees from outside.
 */
@NullMarked
package dev.outpost.soak;

import org.jspecify.annotations.NullMarked;
