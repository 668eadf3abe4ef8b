package dev.outpost.transport.websocket;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a WebSocket server is.
 *
 * @param socket the path of a Unix socket; null for TCP
 * @param host name or address, without brackets; empty for a Unix socket
 * @param portText the port as written; empty for the scheme's own
 * @param authority host and port as written, for the Host header
 * @param target path and query of the request
 */
record ServerUrl(@Nullable Path socket, boolean tls, String host, String portText, String authority, String target) {
    private static final String UNIX = "unix://";

    /**
     * Takes a URL apart.
     *
     * @throws IOException if it is none that can be connected to; the message is the DETAIL of spec C3
     */
    static ServerUrl parse(String url) throws IOException {
        if (url.startsWith(UNIX)) {
            String path = url.substring(UNIX.length());
            if (path.isEmpty() || path.indexOf('\0') >= 0) {
                throw new IOException("URL error: no path of a Unix socket after " + UNIX);
            }
            return new ServerUrl(Path.of(path), false, "", "", "localhost", "/");
        }
        int scheme = url.indexOf("://");
        String name = scheme < 0 ? "" : url.substring(0, scheme).toLowerCase(Locale.ROOT);
        if (!name.equals("ws") && !name.equals("wss")) {
            throw new IOException("URL error: URL scheme not supported");
        }
        return parse(name.equals("wss"), url.substring(scheme + 3));
    }

    private static ServerUrl parse(boolean tls, String rest) throws IOException {
        if (rest.isEmpty()) {
            throw new IOException("HTTP format error: empty string");
        }
        if (!rest.chars().allMatch(c -> c > ' ' && c < 0x7F && "<>`".indexOf(c) < 0)) {
            throw new IOException("HTTP format error: invalid uri character");
        }
        String uri = rest.replaceFirst("#.*", "");
        int path = indexOfPath(uri);
        String authority = uri.substring(0, path).replaceFirst("^.*@", "");
        int colon = authority.lastIndexOf(':');
        boolean withPort = colon > authority.lastIndexOf(']');
        String host = withPort ? authority.substring(0, colon) : authority;
        if (host.isEmpty()) {
            throw new IOException("HTTP format error: invalid format");
        }
        String target = uri.substring(path);
        return new ServerUrl(
                null,
                tls,
                host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
                withPort ? authority.substring(colon + 1) : "",
                authority,
                target.startsWith("/") ? target : "/" + target);
    }

    private static int indexOfPath(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) == '/' || uri.charAt(i) == '?') {
                return i;
            }
        }
        return uri.length();
    }

    /**
     * The TCP port.
     *
     * @throws IOException if it is out of range, which nothing has checked before (spec E47)
     */
    int port() throws IOException {
        if (portText.isEmpty()) {
            return tls ? 443 : 80;
        }
        if (!portText.matches("0*[1-9][0-9]{0,4}") || Integer.parseInt(portText) > 0xFFFF) {
            throw new IOException("URL error: no TCP port: " + portText);
        }
        return Integer.parseInt(portText);
    }

    /** A URL as it may appear in a log (spec C78): without query, fragment and credentials. */
    static String withoutQuery(String url) {
        String shown = url.replaceFirst("[?#].*", "");
        return shown.replaceFirst("^([A-Za-z][A-Za-z0-9+.-]*://)[^/@]*@", "$1");
    }
}
