package dev.outpost.local.sandbox;

/** Who holds restricted file operations to their profile. */
public enum SandboxMode {
    /** This program, with the kernel's Landlock as the last wall; without Landlock they are refused. */
    ENFORCE,
    /** The machine itself is the sandbox, says its operator: profiles are not looked at. */
    EXTERNAL,
    /** Nobody: there are no means of enforcement, so restricted operations are refused (spec E5). */
    NONE,
}
