/**
 * Linux system calls and libc through the foreign function API, as far as Outpost needs them: the only package tree
 * with native access. Start from {@link dev.outpost.linux.Libc}. Knows nothing of policy or protocol.
 */
@NullMarked
package dev.outpost.linux;

import org.jspecify.annotations.NullMarked;
