package dev.outpost.linux.seccomp;

/** The processors that Outpost runs on, with what a filter sees of them. */
enum Architecture {
    /** x86-64, on which calls of the x32 interface arrive under the same name with a bit of their own. */
    X86_64(0xc000003e),
    /** AArch64. */
    AARCH64(0xc00000b7);

    private final int auditName;

    Architecture(int auditName) {
        this.auditName = auditName;
    }

    /** {@code AUDIT_ARCH_…} of {@code linux/audit.h}. */
    int auditName() {
        return auditName;
    }

    /** The one that this Java runs on. */
    static Architecture current() {
        return System.getProperty("os.arch").equals("aarch64") ? AARCH64 : X86_64;
    }
}
