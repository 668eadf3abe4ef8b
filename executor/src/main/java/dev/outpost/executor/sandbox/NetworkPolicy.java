package dev.outpost.executor.sandbox;

/** Whether sandboxed processes reach the network (spec F24, N79). */
public enum NetworkPolicy {
    /** No network at all. */
    RESTRICTED,
    /** The host's network. */
    ENABLED,
}
