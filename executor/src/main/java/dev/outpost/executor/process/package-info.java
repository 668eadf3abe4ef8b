/**
 * Processes of an environment (spec 02). Start from {@link dev.outpost.executor.process.ExecBackend}, which starts an
 * {@link dev.outpost.executor.process.ExecProcess}, whose output and end are {@link
 * dev.outpost.executor.process.ProcessEvent}s in one numbered sequence.
 */
@NullMarked
package dev.outpost.executor.process;

import org.jspecify.annotations.NullMarked;
