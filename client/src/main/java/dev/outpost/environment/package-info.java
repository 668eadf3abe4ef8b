/**
 * Places where processes and files are, local or remote, which callers need not tell apart (spec 05): start from {@link
 * dev.outpost.environment.EnvironmentManager} and {@link dev.outpost.environment.Environment}. Where environments come
 * from is up to an {@link dev.outpost.environment.EnvironmentProvider}; those that read files and variables are in {@code
 * environment.config}.
 */
@NullMarked
package dev.outpost.environment;

import org.jspecify.annotations.NullMarked;
