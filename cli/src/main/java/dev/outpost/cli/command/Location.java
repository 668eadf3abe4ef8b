package dev.outpost.cli.command;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is named on the command line: {@code PATH} or {@code ENV:PATH}. What is before the first colon is an
 * environment if it looks like an id; a URL is one up to the colon behind its host, or, with unix, behind its socket.
 * {@code ./a:b} is a file with a colon in its name.
 *
 * @param environment an id or a URL; null for the environment of the command
 * @param path empty for the directory where that environment starts commands
 */
record Location(@Nullable String environment, String path) {
    private static final Pattern URL = Pattern.compile("(wss?://[^/]+|unix://[^:]+):(.*)", Pattern.DOTALL);
    private static final Pattern ID = Pattern.compile("([A-Za-z0-9_-]{1,64}):(.*)", Pattern.DOTALL);

    static Location parse(String text) {
        Matcher url = URL.matcher(text);
        if (url.matches()) {
            return new Location(url.group(1), url.group(2));
        }
        Matcher id = ID.matcher(text);
        return id.matches() ? new Location(id.group(1), id.group(2)) : new Location(null, text);
    }
}
