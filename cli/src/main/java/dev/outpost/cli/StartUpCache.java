package dev.outpost.cli;

import org.jspecify.annotations.Nullable;

/**
 * The file from which the JVM takes loaded and linked classes instead of making them at every start. A JVM that can't use
 * it goes on without, twice as slow, and says so in a way that only its makers understand; so Outpost says it.
 */
final class StartUpCache {
    private StartUpCache() {}

    /** Why the cache is not in use, as a sentence with what to do; null if all is well or the launcher wasn't used. */
    static @Nullable String complaint() {
        String file = System.getProperty("outpost.cache");
        if (file == null) {
            return null;
        }
        String flaw = System.getProperty("outpost.cache.flaw");
        if (flaw == null) {
            if (System.getProperty("java.vm.info", "").contains("sharing")) {
                return null;
            }
            flaw = "was made by another JDK (this is " + System.getProperty("java.vm.version")
                    + "), for other jars or with other JVM options";
        }
        return "the start-up cache " + file + " " + flaw
                + ", so starting takes several times as long; build or unpack Outpost again";
    }

    /** As {@code --version} prints it. */
    static String line() {
        if (System.getProperty("outpost.cache") == null) {
            return "start-up cache: not asked for, because the launcher was not used";
        }
        String complaint = complaint();
        return complaint == null ? "start-up cache: in use" : "start-up cache: NOT in use: " + complaint;
    }
}
