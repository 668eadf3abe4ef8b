/**
 * Makes the start-up caches of a build: start from {@link dev.outpost.testkit.training.TrainingRun}, which the build of
 * {@code cli} runs on the finished runtime. It sees a server only from outside, so it must not depend on the modules under
 * test, and none of it is shipped.
 */
@NullMarked
package dev.outpost.testkit.training;

import org.jspecify.annotations.NullMarked;
