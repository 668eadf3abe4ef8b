package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The version of this build, which Maven writes into a resource. */
final class Version {
    private Version() {}

    /** Such as {@code 0.1.0}. */
    static String number() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IllegalStateException("version.txt is missing in this build; build Outpost again");
            }
            return new String(in.readAllBytes(), UTF_8).strip();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** As {@code --version} prints it. */
    static String line() {
        return "outpost " + number();
    }
}
