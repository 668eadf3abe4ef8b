package dev.outpost.linux.file;

/** What to do if the last component of a path is a symbolic link. Links before it are followed in any case. */
public enum Links {
    /** Use what it leads to. */
    FOLLOW,
    /** Use the link itself; what can't be done with a link fails with ELOOP or ENOTDIR. */
    NO_FOLLOW,
}
