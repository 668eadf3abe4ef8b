/**
 * JSON as bytes. {@link dev.outpost.protocol.json.JsonOutput} writes, {@link dev.outpost.protocol.json.JsonReader} reads
 * (Jackson's streaming parser, wrapped), {@link dev.outpost.protocol.json.JsonSlice} is a value not read yet. Knows
 * nothing of messages, and depends on nothing else of this module.
 */
@NullMarked
package dev.outpost.protocol.json;

import org.jspecify.annotations.NullMarked;
