/**
 * From messages to calls of the {@code executor} interfaces and back: one connection's life, the table of methods, which
 * request may overtake which (spec 01 §2–§4, spec 04 N14f). Start from {@link
 * dev.outpost.server.dispatch.ClientConnection} and {@link dev.outpost.server.dispatch.MethodTable}. Spawns nothing and
 * opens no file.
 */
@NullMarked
package dev.outpost.server.dispatch;

import org.jspecify.annotations.NullMarked;
