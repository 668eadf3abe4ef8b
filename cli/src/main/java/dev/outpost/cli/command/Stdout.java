package dev.outpost.cli.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** This program's stdout, unchanged and unbuffered. */
final class Stdout {
    private Stdout() {}

    static OutputStream open() {
        return new FileOutputStream(FileDescriptor.out);
    }

    static void print(String text) throws CommandFailure {
        try {
            open().write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException nobodyReads) {
            throw new CommandFailure(
                    CommandFailure.FAILED, "the output could not be written: " + nobodyReads.getMessage());
        }
    }
}
