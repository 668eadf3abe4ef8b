/**
 * Path forms of both dialects: absolute paths and {@code file:} URIs (spec F1, F2, N14–N23). Start from {@link
 * dev.outpost.protocol.path.PathForms}. Looks at no disk.
 */
@NullMarked
package dev.outpost.protocol.path;

import org.jspecify.annotations.NullMarked;
