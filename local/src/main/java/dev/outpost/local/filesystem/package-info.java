/**
 * The files of this machine. Start from {@link dev.outpost.local.filesystem.LocalFileSystem}. Works on system calls
 * rather than {@code java.nio.file}, because names are bytes that need not fit the locale and callers are told the
 * exact errno.
 *
 * <p>Everything below {@code LocalFileSystem} takes a {@link dev.outpost.linux.file.Directory} and paths relative to
 * it, so that a directory can stand in for the root. Depends on {@code executor} and {@code linux} only: neither
 * sessions nor JSON.
 */
@NullMarked
package dev.outpost.local.filesystem;

import org.jspecify.annotations.NullMarked;
