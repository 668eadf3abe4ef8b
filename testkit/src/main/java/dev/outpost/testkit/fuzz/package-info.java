/**
 * Hostile input. Start from {@link dev.outpost.testkit.fuzz.FuzzContract}, which a test of one decoder extends, and from
 * {@link dev.outpost.testkit.fuzz.FrameSource} and {@link dev.outpost.testkit.fuzz.LineSource} for whole connections. The
 * oracles say what the specification makes of an input, written plainly and apart from the code under test. Must not
 * depend on the modules under test.
 */
@NullMarked
package dev.outpost.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
