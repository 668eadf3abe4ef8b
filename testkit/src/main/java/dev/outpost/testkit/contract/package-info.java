/**
 * What every implementation of an {@code executor} interface has to do, as abstract JUnit tests: extend one in the
 * implementation's own tests, or {@link dev.outpost.testkit.contract.RemoteContract} for all of them on a server. Depends on the {@code executor} interfaces and on no implementation of them.
 */
@NullMarked
package dev.outpost.testkit.contract;

import org.jspecify.annotations.NullMarked;
