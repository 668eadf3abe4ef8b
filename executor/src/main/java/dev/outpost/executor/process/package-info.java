/**
 * Processes of an environment (spec 02). Start from {@link dev.outpost.executor.process.ExecBackend}, which starts an
 * {@link dev.outpost.executor.process.ExecProcess}, whose output and end are {@link
 * dev.outpost.executor.process.ProcessEvent}s in one numbered sequence; {@link dev.outpost.executor.process.AwaitedEvents}
 * waits for them.
 */
@NullMarked
package dev.outpost.executor.process;

import org.jspecify.annotations.NullMarked;
