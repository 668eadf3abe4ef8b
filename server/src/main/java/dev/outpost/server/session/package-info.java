/**
 * Sessions: who owns which processes, which connection a session belongs to, how long it waits for its client to come
 * back (spec 01 §5). Start from {@link dev.outpost.server.session.Sessions}. Knows neither methods nor their
 * parameters.
 */
@NullMarked
package dev.outpost.server.session;

import org.jspecify.annotations.NullMarked;
