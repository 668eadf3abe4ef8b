/**
 * What an environment can do, as interfaces and immutable values.
 *
 * <p>Start from {@link dev.outpost.executor.process.ExecBackend} (processes) and
 * {@link dev.outpost.executor.filesystem.ExecutorFileSystem} (files). Every caller holds these and can't tell whether
 * the work happens in this process or on another machine.
 *
 * <p>Depends on nothing but the JDK: no I/O, no threads, no JSON, neither client nor server.
 */
@NullMarked
package dev.outpost.executor;

import org.jspecify.annotations.NullMarked;
