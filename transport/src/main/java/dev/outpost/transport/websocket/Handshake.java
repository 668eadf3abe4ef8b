package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The header fields of the WebSocket upgrade, RFC 6455 §4.2. Neither subprotocols nor extensions (spec W12). */
final class Handshake {
    private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Handshake() {}

    /** Why a GET request is no upgrade (spec W11); null if it is one. */
    static @Nullable String refusal(HttpHeaders headers) {
        if (!headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)) {
            return "Connection header did not include 'upgrade'";
        }
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
            return "`Upgrade` header did not include 'websocket'";
        }
        if (!headers.containsValue(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13", false)) {
            return "`Sec-WebSocket-Version` header did not include '13'";
        }
        if (!headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
            return "`Sec-WebSocket-Key` header missing";
        }
        return null;
    }

    /** The value of {@code Sec-WebSocket-Accept} for a request that is not refused. */
    static String accept(HttpRequest request) {
        return accept(
                request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "").strip());
    }

    /** Why an answer with status 101 is none to the request with this key; null if it is one. */
    static @Nullable String refusalOfAnswer(HttpHeaders headers, String key) {
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
            return "No \"Upgrade: websocket\" header in server reply";
        }
        if (!headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)) {
            return "No \"Connection: upgrade\" header in server reply";
        }
        if (!accept(key)
                .equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, "").strip())) {
            return "Key mismatch in \"Sec-WebSocket-Accept\" header";
        }
        if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)
                || headers.contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            return "Server chose an extension or a subprotocol that nobody offered";
        }
        return null;
    }

    /** Has the JDK look for SHA-1, which takes tens of milliseconds the first time; later it does no harm. */
    static void prepare() {
        var _ = accept("");
    }

    /** The value of {@code Sec-WebSocket-Accept} for a key. */
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + SUFFIX).getBytes(US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1, which every Java must have", e);
        }
    }

    /** The path that a request asks for, without query. */
    static String path(HttpRequest request) {
        String target = request.uri();
        int from = 0;
        if (!target.startsWith("/")) {
            int authority = target.indexOf("://");
            from = authority < 0 ? 0 : target.indexOf('/', authority + 3);
            if (from < 0) {
                return "/";
            }
        }
        int query = target.indexOf('?', from);
        return query < 0 ? target.substring(from) : target.substring(from, query);
    }
}
