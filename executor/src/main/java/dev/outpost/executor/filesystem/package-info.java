/**
 * Files of an environment (spec 03). Start from {@link dev.outpost.executor.filesystem.ExecutorFileSystem}.
 */
@NullMarked
package dev.outpost.executor.filesystem;

import org.jspecify.annotations.NullMarked;
