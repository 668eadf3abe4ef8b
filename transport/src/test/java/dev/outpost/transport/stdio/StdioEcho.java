package dev.outpost.transport.stdio;

import dev.outpost.transport.RecordingHandler;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;

/** A program that sends each line of standard input back. */
final class StdioEcho {
    private StdioEcho() {}

    public static void main(String[] arguments) throws InterruptedException {
        StdioConnection.start(
                        new FileInputStream(FileDescriptor.in),
                        new FileOutputStream(FileDescriptor.out),
                        1_000_000,
                        RecordingHandler.echo())
                .awaitEnd();
    }
}
