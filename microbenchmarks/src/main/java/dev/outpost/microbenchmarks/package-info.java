/**
 * Measures parts of the path of a message and of a byte of output with JMH, one class for each part. Apart from the module
 * {@code benchmarks}, whose client has nothing of Outpost on its class path. benchmarks/README.md says how to run them.
 */
@NullMarked
package dev.outpost.microbenchmarks;

import org.jspecify.annotations.NullMarked;
