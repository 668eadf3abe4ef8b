/**
 * Processes of this machine (spec 02). Start from {@link dev.outpost.local.process.ProcessSupervisor}, of which a server
 * has one; it opens an {@link dev.outpost.executor.process.ExecBackend} for every session.
 *
 * <p>How it hangs together: a backend ({@code SessionProcesses}) is a table of {@code LocalProcess}es. A start is checked
 * and spawned by a {@code Launcher} on a {@code spawn-N} thread. From then on the {@code Child} behind the process
 * belongs to the one {@code process-loop} thread, which owns all descriptors, reaps, and appends to the process's
 * {@link dev.outpost.local.output.OutputLog}; everybody else posts requests to it. What left the process group is killed
 * by the {@code TreeKiller} on {@code process-tree}, and what outlives the server by the {@code Guard}.
 *
 * <p>Knows nothing of sessions on the wire or of JSON-RPC.
 */
@NullMarked
package dev.outpost.local.process;

import org.jspecify.annotations.NullMarked;
