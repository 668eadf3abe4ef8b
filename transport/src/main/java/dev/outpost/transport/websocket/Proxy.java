package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The proxy of one connection.
 *
 * @param host without brackets
 * @param authorization value of {@code Proxy-Authorization}, or null
 */
record Proxy(String host, int port, @Nullable String authorization) {
    private static final int DEFAULT_PORT = 80;

    /**
     * The proxy to use for a server, null for none.
     *
     * @throws IOException if the URL of the proxy is none that can be used; the text never has its password
     */
    static @Nullable Proxy of(ProxySettings settings, ServerUrl server) throws IOException {
        String url = server.socket() == null ? settings.proxyFor(server.tls(), server.host(), server.port()) : null;
        if (url == null) {
            return null;
        }
        URI uri;
        try {
            uri = new URI(url.contains("://") ? url : "http://" + url);
        } catch (URISyntaxException e) {
            throw new IOException("the URL of the proxy is invalid: " + e.getReason() + " at index " + e.getIndex(), e);
        }
        String shown = ServerUrl.withoutQuery(uri.toString());
        String host = uri.getHost();
        if (!"http".equalsIgnoreCase(uri.getScheme()) || host == null) {
            throw new IOException("cannot use the proxy " + shown + ": only http://HOST:PORT is supported");
        }
        String user = uri.getRawUserInfo();
        return new Proxy(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                user == null ? null : basic(user));
    }

    private static String basic(String rawUserInfo) {
        String text = URLDecoder.decode(rawUserInfo.replace("+", "%2B"), UTF_8);
        String pair = text.contains(":") ? text : text + ":";
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
