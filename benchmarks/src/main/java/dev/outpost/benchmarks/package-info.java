/**
 * Measures exec-servers from outside: starts real ones (ours and Codex's), drives them over WebSocket and stdio in
 * interleaved rounds and prints one table. Start from {@link dev.outpost.benchmarks.Benchmarks}. Nothing of Outpost is on
 * its class path, so that every server is measured with the same client.
 */
@NullMarked
package dev.outpost.benchmarks;

import org.jspecify.annotations.NullMarked;
