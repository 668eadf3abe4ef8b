/**
 * Programs as somebody writes them who embeds Outpost: each is complete in one file and has its test. The page
 * docs/getting-started-java.md shows parts of them. Uses {@code executor}, {@code client} and what these name; nothing
 * uses it.
 */
@NullMarked
package dev.outpost.examples;

import org.jspecify.annotations.NullMarked;
