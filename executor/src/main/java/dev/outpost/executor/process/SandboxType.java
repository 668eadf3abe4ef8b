package dev.outpost.executor.process;

/** What confines a process, by the names of the reference (spec N39). */
public enum SandboxType {
    /** Nothing. */
    NONE,
    /** The kernel of Linux: namespaces, Landlock, a filter of system calls. */
    LINUX_SECCOMP,
    /** The Seatbelt of macOS. */
    MACOS_SEATBELT,
    /** A restricted token of Windows. */
    WINDOWS_RESTRICTED_TOKEN,
    /** The executor did not tell. */
    UNKNOWN,
}
