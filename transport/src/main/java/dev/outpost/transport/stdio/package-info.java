/**
 * The connection over standard input and output, one message per line: start from {@link
 * dev.outpost.transport.stdio.StdioConnection}. Must not depend on Netty, whose loading alone would cost the process more
 * time than all the rest of its start.
 */
@NullMarked
package dev.outpost.transport.stdio;

import org.jspecify.annotations.NullMarked;
