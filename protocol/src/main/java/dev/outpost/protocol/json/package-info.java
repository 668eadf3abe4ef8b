/**
 * JSON as bytes. {@link dev.outpost.protocol.json.JsonOutput} writes; reading is Jackson's streaming parser, wrapped so
 * that errors have the texts that Codex clients know (spec W68).
 */
@NullMarked
package dev.outpost.protocol.json;

import org.jspecify.annotations.NullMarked;
