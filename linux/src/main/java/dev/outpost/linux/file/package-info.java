/**
 * Files and directories through system calls: names are bytes, errors are errno, descriptors are objects that close
 * once. Start from {@link dev.outpost.linux.file.Directory}, in which every name is looked up, and {@link
 * dev.outpost.linux.file.OpenFile}; {@link dev.outpost.linux.file.CachedStatus} tells what can be told without waiting.
 *
 * <p>Every descriptor is close-on-exec and no call is lost to EINTR. Knows nothing of policy, limits or protocol.
 */
@NullMarked
package dev.outpost.linux.file;

import org.jspecify.annotations.NullMarked;
