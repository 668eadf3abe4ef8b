/**
 * Waiting for descriptors: {@link dev.outpost.linux.poll.Epoll}, and what one waits for: pipes, wake-ups and the ends of
 * child processes. Start from {@code Epoll}. Depends on {@code dev.outpost.linux} only.
 */
@NullMarked
package dev.outpost.linux.poll;

import org.jspecify.annotations.NullMarked;
