package dev.outpost.transport.websocket;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of a user, as the usual variables name them (spec C5). A proxy is asked for a tunnel with CONNECT, also for
 * {@code ws://}. Immutable.
 *
 * @param http for {@code ws://}; null for {@code all}. An {@code http://[USER:PASSWORD@]HOST[:PORT]} URL; without a scheme
 *     http is meant
 * @param https for {@code wss://}; null for {@code all}
 * @param all for both; null for none
 * @param exceptions hosts that are connected to directly: a name (which covers the names below it, with or without a dot
 *     before it), an IP address, a network such as {@code 10.0.0.0/8}, each perhaps with {@code :PORT}; {@code *} is every
 *     host
 */
public record ProxySettings(
        @Nullable String http,
        @Nullable String https,
        @Nullable String all,
        List<String> exceptions) {
    /** No proxy at all. */
    public static final ProxySettings NONE = new ProxySettings(null, null, null, List.of());

    /** Copies the exceptions. */
    public ProxySettings {
        exceptions = List.copyOf(exceptions);
    }

    /**
     * What {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY}, {@code NO_PROXY} say, or their lower-case forms.
     *
     * @param variables gives the value of a variable, null for one that is not set
     */
    public static ProxySettings fromVariables(Function<String, @Nullable String> variables) {
        String exceptions = value(variables, "NO_PROXY");
        return new ProxySettings(
                value(variables, "HTTP_PROXY"),
                value(variables, "HTTPS_PROXY"),
                value(variables, "ALL_PROXY"),
                exceptions == null
                        ? List.of()
                        : Arrays.stream(exceptions.split(",", -1))
                                .map(String::strip)
                                .filter(entry -> !entry.isEmpty())
                                .toList());
    }

    private static @Nullable String value(Function<String, @Nullable String> variables, String name) {
        for (String spelling : List.of(name, name.toLowerCase(Locale.ROOT))) {
            String value = variables.apply(spelling);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return null;
    }

    /** Without passwords. */
    @Override
    public String toString() {
        return "ProxySettings[http=" + shown(http) + ", https=" + shown(https) + ", all=" + shown(all) + ", exceptions="
                + exceptions + "]";
    }

    private static String shown(@Nullable String url) {
        return url == null ? "none" : ServerUrl.withoutQuery(url.contains("://") ? url : "http://" + url);
    }

    /** The proxy's URL for a server, or null if it is connected to directly. */
    @Nullable String proxyFor(boolean tls, String host, int port) {
        if (exceptions.stream().anyMatch(exception -> covers(exception, host, port))) {
            return null;
        }
        String own = tls ? https : http;
        return own == null ? all : own;
    }

    private static boolean covers(String exception, String host, int port) {
        String pattern = exception;
        int colon = pattern.lastIndexOf(':');
        if (colon >= 0 && (pattern.indexOf(':') == colon || pattern.charAt(colon - 1) == ']')) {
            if (!pattern.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            pattern = pattern.substring(0, colon);
        }
        if (pattern.equals("*")) {
            return true;
        }
        InetAddress address = literal(host);
        if (address != null) {
            return inNetwork(address, pattern);
        }
        String suffix = pattern.startsWith("*.") ? pattern.substring(1) : pattern;
        String name = (suffix.startsWith(".") ? suffix.substring(1) : suffix).toLowerCase(Locale.ROOT);
        String asked = host.toLowerCase(Locale.ROOT);
        return !name.isEmpty() && (asked.equals(name) || asked.endsWith("." + name));
    }

    private static boolean inNetwork(InetAddress address, String pattern) {
        int slash = pattern.indexOf('/');
        InetAddress network = literal(slash < 0 ? pattern : pattern.substring(0, slash));
        if (network == null || network.getAddress().length != address.getAddress().length) {
            return false;
        }
        byte[] wanted = network.getAddress();
        byte[] given = address.getAddress();
        int bits = wanted.length * 8;
        if (slash >= 0) {
            try {
                bits = Math.clamp(Integer.parseInt(pattern.substring(slash + 1)), 0, bits);
            } catch (NumberFormatException noNetwork) {
                return false;
            }
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((wanted[bit / 8] & mask) != (given[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** The address that this text is, or null if it is a name; nothing is looked up. */
    static @Nullable InetAddress literal(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        try {
            return InetAddress.ofLiteral(bare);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }
}
