/**
 * Replays the conformance vectors under {@code /vectors} (their README there is the specification of format, matching
 * and environment) against a real server in a child process. Start from {@link
 * dev.outpost.testkit.vector.VectorSuite}. Must not depend on the modules under test.
 */
@NullMarked
package dev.outpost.testkit.vector;

import org.jspecify.annotations.NullMarked;
