package dev.outpost.executor.filesystem;

/**
 * One name in a directory (spec F13).
 *
 * @param name without path; bytes that are not UTF-8 became U+FFFD
 * @param directory whether it is a directory, links followed
 * @param file whether it is a regular file, links followed
 */
public record DirectoryEntry(String name, boolean directory, boolean file) {}
