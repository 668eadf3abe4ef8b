/**
 * Pseudo terminals: {@link dev.outpost.linux.pty.Pty}. Depends on {@code dev.outpost.linux} only.
 */
@NullMarked
package dev.outpost.linux.pty;

import org.jspecify.annotations.NullMarked;
