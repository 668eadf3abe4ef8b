package dev.outpost.linux.file;

/**
 * Which file it is, whatever its name; meaningful while the file exists.
 *
 * @param device the file system's number
 * @param inode the file's number in it
 */
public record FileId(long device, long inode) {}
