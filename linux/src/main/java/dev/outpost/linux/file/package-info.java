/**
 * Files and directories through system calls: names are bytes, errors are errno, descriptors are objects that close
 * once. Start from {@link dev.outpost.linux.file.Directory}, in which every name is looked up, and {@link
 * dev.outpost.linux.file.OpenFile}.
 *
 * <p>Every descriptor is close-on-exec and no call is lost to EINTR. Knows nothing of policy, limits or protocol.
 */
@NullMarked
package dev.outpost.linux.file;

import org.jspecify.annotations.NullMarked;
