/**
 * Filters of system calls: {@link dev.outpost.linux.seccomp.SeccompFilter} says which calls a sandboxed process must not
 * make, as the program that the kernel runs before each of them. A filter passes on through fork and exec and can't be
 * taken off. Knows nothing of permission profiles. Depends on {@code dev.outpost.linux} only.
 */
@NullMarked
package dev.outpost.linux.seccomp;

import org.jspecify.annotations.NullMarked;
