package dev.outpost.executor.sandbox;

/**
 * One line of a file-system policy (spec F30, N75).
 *
 * @param skipIfMissing whether the entry is ignored when its path does not exist
 */
public record PolicyEntry(PolicyTarget target, Access access, boolean skipIfMissing) {}
