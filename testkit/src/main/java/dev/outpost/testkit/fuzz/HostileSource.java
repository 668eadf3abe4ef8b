package dev.outpost.testkit.fuzz;

/** Bytes for one kind of connection, and what the specification makes of them. For one thread. */
public sealed interface HostileSource permits FrameSource, LineSource {
    /** The bytes of the next few things to send. */
    byte[] next();

    /** How many frames or lines were made so far. */
    long made();

    /** What a server must see in bytes that begin where a message may. */
    Wire.Reading read(byte[] bytes);
}
