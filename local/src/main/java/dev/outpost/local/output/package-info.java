/**
 * What processes wrote and how they ended, numbered and kept for readers. Start from {@link
 * dev.outpost.local.output.OutputLog}, one for each process; {@link dev.outpost.local.output.OutputBudget} bounds all of
 * them together. Knows nothing of descriptors or of how a process is run: whoever reads the process appends here, and
 * is told when to pause.
 */
@NullMarked
package dev.outpost.local.output;

import org.jspecify.annotations.NullMarked;
