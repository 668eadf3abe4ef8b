package dev.outpost.local.output;

/**
 * Bounds of one process's {@link OutputLog}; each at least 1.
 *
 * @param bytesPerProcess retained output, each chunk counting with an overhead of 64 bytes (spec N14i): half of it is for
 *     what nobody has taken, the other for what was taken last, since that may get lost on its way
 * @param waitingReadsPerProcess reads that wait at the same time; more are refused
 * @param subscriptionsPerProcess subscriptions at the same time; more are refused
 */
public record OutputLimits(long bytesPerProcess, int waitingReadsPerProcess, int subscriptionsPerProcess) {
    /** Checks the ranges. */
    public OutputLimits {
        if (bytesPerProcess < 1 || waitingReadsPerProcess < 1 || subscriptionsPerProcess < 1) {
            throw new IllegalArgumentException("limits must be at least 1: " + bytesPerProcess + ", "
                    + waitingReadsPerProcess + ", " + subscriptionsPerProcess);
        }
    }

    /** How much of the newest delivered output is kept, whatever else comes. */
    long deliveredBytes() {
        return bytesPerProcess / 2;
    }

    /** How much undelivered output makes a process wait. */
    long undeliveredBytes() {
        return bytesPerProcess - deliveredBytes();
    }
}
