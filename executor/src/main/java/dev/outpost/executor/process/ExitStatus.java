package dev.outpost.executor.process;

/** How a process ended, as the kernel reported it; what number a client sees is the business of the wire (spec P52–P54, N44). */
public sealed interface ExitStatus {
    /** It returned, or called exit. */
    record Code(int code) implements ExitStatus {}

    /** A signal ended it. */
    record Signal(int number) implements ExitStatus {}
}
