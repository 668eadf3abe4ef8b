/**
 * Sessions on exec-servers (spec 06): the handshake, calls and their answers, recovery after a lost connection. Start from
 * {@link dev.outpost.client.ExecServerClient}; {@code client.remote} makes {@code executor} interfaces of it. How a
 * connection is opened is the business of {@code transport}. Depends on no server.
 */
@NullMarked
package dev.outpost.client;

import org.jspecify.annotations.NullMarked;
