/**
 * Every message as a record with its codec beside it (spec 01 §8–9, spec 04 §4–5). A request's parameters decode
 * themselves ({@code decode}), an answer or notification writes itself ({@code writeTo}).
 */
@NullMarked
package dev.outpost.protocol.message;

import org.jspecify.annotations.NullMarked;
