/**
 * Executors elsewhere as {@code executor} interfaces. Start from {@link dev.outpost.client.remote.RemoteExecBackend} and
 * {@link dev.outpost.client.remote.RemoteFileSystem}, each made of an {@link dev.outpost.client.ExecServerClient}, which
 * they may share and don't own.
 *
 * <p>Who owns what: {@link dev.outpost.client.ExecServerClient} the connection, the calls under way and their repetition;
 * {@code RemoteExecBackend} the table of processes; each {@code RemoteProcess} one {@code RemoteEventLog} (order, history,
 * subscribers), one {@code RemoteStdin} (writes in order) and its waiting reads. There is no thread here: everything
 * happens on the connection's thread, the recovery's, or the caller's.
 */
@NullMarked
package dev.outpost.client.remote;

import org.jspecify.annotations.NullMarked;
