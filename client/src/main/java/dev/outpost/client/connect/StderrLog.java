package dev.outpost.client.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs what a server says on stderr, line by line, at debug (spec C14). Role of one thread. */
final class StderrLog {
    private static final Logger LOG = System.getLogger(StderrLog.class.getName());
    /** A longer line is logged in pieces. */
    private static final int MAX_LINE = 8192;

    private final InputStream stderr;
    private final byte[] line = new byte[MAX_LINE];
    private int size;

    StderrLog(InputStream stderr) {
        this.stderr = stderr;
    }

    void run() {
        byte[] chunk = new byte[MAX_LINE];
        try {
            for (int count = stderr.read(chunk); count >= 0; count = stderr.read(chunk)) {
                for (int i = 0; i < count; i++) {
                    accept(chunk[i]);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "failed to read exec-server stdio stderr: " + e.getMessage());
        }
        if (size > 0) {
            log();
        }
    }

    private void accept(byte next) {
        if (next == '\n') {
            log();
            return;
        }
        if (size == MAX_LINE) {
            log();
        }
        line[size++] = next;
    }

    private void log() {
        int length = size > 0 && line[size - 1] == '\r' ? size - 1 : size;
        LOG.log(Level.DEBUG, () -> "exec-server stdio stderr: " + new String(line, 0, length, UTF_8));
        size = 0;
    }
}
