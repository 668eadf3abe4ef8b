/**
 * Tests as main code, so that every implementation can run them: one contract test per {@code executor} interface, the
 * runner of the conformance vectors, leak checks, seeded generators. Nothing that is shipped depends on this module.
 */
@NullMarked
package dev.outpost.testkit;

import org.jspecify.annotations.NullMarked;
