/**
 * What an operation or a process may touch, as values (spec 03 §4–7, spec 04 §6). Start from {@link
 * dev.outpost.executor.sandbox.SandboxContext}. Enforcing it is the business of each executor.
 */
@NullMarked
package dev.outpost.executor.sandbox;

import org.jspecify.annotations.NullMarked;
