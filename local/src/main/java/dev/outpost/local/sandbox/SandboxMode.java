package dev.outpost.local.sandbox;

/** Who holds restricted processes and file operations to their profile. */
public enum SandboxMode {
    /** This program, with the kernel's help; what can't be enforced is refused. */
    ENFORCE,
    /** The machine itself is the sandbox, says its operator: profiles are not looked at. */
    EXTERNAL,
    /** Nobody: there are no means of enforcement, so restricted operations are refused (spec E5). */
    NONE,
}
