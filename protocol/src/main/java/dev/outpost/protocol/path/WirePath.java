package dev.outpost.protocol.path;

import dev.outpost.executor.HostPath;

/** A path parameter as decoded: where it leads and which dialect it was written in. */
public record WirePath(HostPath path, Dialect dialect) {}
