/**
 * What a permission profile allows on this machine, and how file operations are held to it (spec 03 §4–10, spec 04 §6).
 * Start from {@link dev.outpost.local.sandbox.SandboxPolicy}, which decides.
 *
 * <p>Deciding looks at no file: what a policy has to know of the disk it found out when it was compiled. Depends on {@code
 * executor} and {@code linux} only.
 */
@NullMarked
package dev.outpost.local.sandbox;

import org.jspecify.annotations.NullMarked;
