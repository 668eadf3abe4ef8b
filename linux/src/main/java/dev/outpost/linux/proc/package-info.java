/**
 * What the kernel tells of processes in {@code /proc}: {@link dev.outpost.linux.proc.ProcessTable}. Depends on
 * {@code dev.outpost.linux} only.
 */
@NullMarked
package dev.outpost.linux.proc;

import org.jspecify.annotations.NullMarked;
