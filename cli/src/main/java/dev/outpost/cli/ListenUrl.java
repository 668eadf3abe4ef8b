package dev.outpost.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Where to listen, as {@code --listen} says it (spec W1–W5). Case-sensitive and unpadded (spec W7). */
sealed interface ListenUrl {
    /** What {@code --listen} is when it is absent (spec W1): a free port, for this machine only. */
    String DEFAULT = "ws://127.0.0.1:0";

    /** One connection over stdin and stdout. */
    record Stdio() implements ListenUrl {}

    /** WebSocket connections to an IP address; port 0 is any free one. */
    record WebSocket(InetSocketAddress address) implements ListenUrl {
        /** Whether only this machine can connect. */
        boolean isLoopback() {
            return address.getAddress().isLoopbackAddress();
        }
    }

    /** WebSocket connections to a Unix domain socket; the path is not empty and may be relative. */
    record UnixSocket(String path) implements ListenUrl {}

    /** Reads a URL; never asks a name service. */
    static ListenUrl parse(String url) throws StartFailure {
        if (url.equals("stdio") || url.equals("stdio://")) {
            return new Stdio();
        }
        if (url.startsWith("ws://")) {
            InetSocketAddress address = parseAddress(url.substring("ws://".length()));
            if (address == null) {
                throw new StartFailure("invalid websocket --listen URL `" + url + "`; expected `ws://IP:PORT`");
            }
            return new WebSocket(address);
        }
        if (url.startsWith("unix://")) {
            String path = url.substring("unix://".length());
            if (path.isEmpty() || path.indexOf('\0') >= 0) {
                throw new StartFailure("invalid unix --listen URL `" + url + "`; expected `unix://PATH`");
            }
            return new UnixSocket(path);
        }
        // The text is the reference's, which knows no unix:// (spec W5).
        throw new StartFailure("unsupported --listen URL `" + url + "`; expected `ws://IP:PORT` or `stdio`");
    }

    private static @Nullable InetSocketAddress parseAddress(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return null;
        }
        int port = parseDecimal(text.substring(colon + 1), 65535);
        InetAddress host = parseHost(text.substring(0, colon));
        return port < 0 || host == null ? null : new InetSocketAddress(host, port);
    }

    private static @Nullable InetAddress parseHost(String host) {
        boolean ipv6 = host.startsWith("[") && host.endsWith("]");
        String literal = ipv6 ? host.substring(1, host.length() - 1) : host;
        if (ipv6 ? !isIpv6Alphabet(literal) : !isDottedQuad(literal)) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** {@link InetAddress#ofLiteral} knows names of interfaces too, which are no IP addresses. */
    private static boolean isIpv6Alphabet(String text) {
        return text.indexOf(':') >= 0
                && text.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0 && c < 128);
    }

    /** {@link InetAddress#ofLiteral} accepts shorter forms such as {@code 127.1}. */
    private static boolean isDottedQuad(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            boolean leadingZero = part.length() > 1 && part.charAt(0) == '0';
            if (leadingZero || parseDecimal(part, 255) < 0) {
                return false;
            }
        }
        return true;
    }

    /** A number from 0 to {@code max}, or -1. */
    private static int parseDecimal(String digits, int max) {
        if (digits.isEmpty()) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
            if (value > max) {
                return -1;
            }
        }
        return value;
    }
}
