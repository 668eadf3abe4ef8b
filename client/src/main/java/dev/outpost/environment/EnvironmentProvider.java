package dev.outpost.environment;

/** Where environments come from (spec E53). It makes remote ones only; the manager adds the local one (E55). */
@FunctionalInterface
public interface EnvironmentProvider {
    /**
     * What there is. May block, for files or a network; asked once, at start (spec E56).
     *
     * @param factory makes the environments
     * @throws EnvironmentException if it can't be told; then nothing starts
     */
    EnvironmentSnapshot snapshot(EnvironmentFactory factory) throws EnvironmentException;
}
