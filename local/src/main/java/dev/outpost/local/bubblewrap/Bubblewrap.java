package dev.outpost.local.bubblewrap;

import dev.outpost.executor.HostPath;

/**
 * A bubblewrap that can confine commands here.
 *
 * @param program its absolute path
 * @param userNamespace whether it makes user namespaces; without, it works with the rights of root
 * @param argv0 whether it can give a command another name than its program's ({@code --argv0}, since 0.9)
 * @param bindsDescriptors whether it can mount what a descriptor refers to ({@code --bind-fd}, since 0.10, in Debian 0.8)
 */
public record Bubblewrap(HostPath program, boolean userNamespace, boolean argv0, boolean bindsDescriptors) {}
