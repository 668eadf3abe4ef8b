package dev.outpost.testkit.fuzz;

import org.jspecify.annotations.Nullable;

/** Where Jazzer calls in; it knows static methods of these two names. */
public final class JazzerEntry {
    private static @Nullable FuzzContract test;

    private JazzerEntry() {}

    /**
     * Called once.
     *
     * @param arguments the name of the test class
     */
    public static void fuzzerInitialize(String[] arguments) throws ReflectiveOperationException {
        var constructor = Class.forName(arguments[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        test = (FuzzContract) constructor.newInstance();
    }

    /** Called for every input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (test == null) {
            throw new IllegalStateException("fuzzerInitialize was not called");
        }
        test.check(input);
    }
}
