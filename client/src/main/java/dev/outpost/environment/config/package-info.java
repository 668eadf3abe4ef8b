/**
 * Environments from what a user has configured: the file {@code environments.toml}, or the variable {@code
 * CODEX_EXEC_SERVER_URL} (spec 05 §4–§7). Start from {@link dev.outpost.environment.config.EnvironmentSources}. Reads
 * files; variables are handed in.
 */
@NullMarked
package dev.outpost.environment.config;

import org.jspecify.annotations.NullMarked;
