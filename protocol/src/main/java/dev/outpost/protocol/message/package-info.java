/**
 * Every message as a record with its codec beside it (spec 01 §8–9, spec 04 §4–5). A request's parameters decode
 * themselves ({@code decode}), an answer or notification writes itself ({@code writeTo}). Start from any of the records;
 * how an object is decoded is in {@code Shape} and {@code Field}. Knows neither sessions nor the order of checks, except
 * that a failure of {@code decode} other than {@code INVALID_PARAMS} is meant to be reported after the lifecycle checks.
 */
@NullMarked
package dev.outpost.protocol.message;

import org.jspecify.annotations.NullMarked;
