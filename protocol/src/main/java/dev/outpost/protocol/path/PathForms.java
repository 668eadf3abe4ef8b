package dev.outpost.protocol.path;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.HostPath;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the two forms of paths on the wire (spec F1, F2, N14–N23).
 *
 * <p>A URI that is well formed but names nothing on a POSIX host (spec N22) fails with another code in each place: see
 * the methods.
 */
public final class PathForms {
    private static final String FILE_SCHEME = "file:";
    /** ASCII characters that a URI's path holds only escaped, beside the controls. */
    private static final String ESCAPED = " \"#%<>?\\`{}";

    private PathForms() {}

    /**
     * A path of a file operation: absolute, or a {@code file:} URI; normalised.
     *
     * @throws RpcException {@code INVALID_PARAMS} if it is neither; {@code INVALID_REQUEST} if it is a URI that is not
     *     valid on this host, which is to be reported after the checks of the connection's state
     */
    public static WirePath parse(String text) throws RpcException {
        if (isUri(text)) {
            return new WirePath(parseUri(text, ErrorCode.INVALID_REQUEST, ""), Dialect.URIS);
        }
        return new WirePath(parseAbsolute(text), Dialect.PATHS);
    }

    /**
     * The cwd of a process: a {@code file:} URI, normalised, or anything else verbatim (spec W83).
     *
     * @throws RpcException {@code INVALID_PARAMS} if it is a URI that can't be used
     */
    public static WirePath parseCwd(String text) throws RpcException {
        if (isUri(text)) {
            String context = "cwd URI `" + text + "` is not valid on this exec-server host: ";
            return new WirePath(parseUri(text, ErrorCode.INVALID_PARAMS, context), Dialect.URIS);
        }
        return new WirePath(HostPath.of(text), Dialect.PATHS);
    }

    /**
     * A path inside a sandbox context, where the dialect is that of the operation (spec F1, N71).
     *
     * @throws RpcException {@code INVALID_PARAMS} if it is not of that dialect, or not valid on this host
     */
    public static HostPath parseInSandbox(String text, Dialect dialect) throws RpcException {
        return switch (dialect) {
            case PATHS -> {
                if (!text.startsWith("/")) {
                    throw notAbsolute();
                }
                yield HostPath.of(text).normalized();
            }
            case URIS -> {
                if (!isUri(text)) {
                    throw schemeOf(text) == null
                            ? invalid("invalid URI: relative URL without a base")
                            : otherScheme(text);
                }
                yield parseUri(text, ErrorCode.INVALID_PARAMS, "invalid sandbox permission path URI: ");
            }
        };
    }

    /**
     * The path as a client writes it: in the other direction than {@link #parse} and {@link #parseCwd}. As a plain path,
     * bytes that are not UTF-8 become U+FFFD; see {@link #isExpressible}.
     */
    public static String format(WirePath path) {
        return switch (path.dialect()) {
            case PATHS -> path.path().toString();
            case URIS ->
                path.path().isAbsolute() ? toUri(path.path()) : path.path().toString();
        };
    }

    /** Whether {@link #format} names this very path. */
    public static boolean isExpressible(WirePath path) {
        return switch (path.dialect()) {
            case PATHS -> HostPath.of(path.path().toString()).equals(path.path());
            case URIS -> path.path().isAbsolute();
        };
    }

    /** The path as a {@code file:} URI (spec N23); it must be absolute. */
    public static String toUri(HostPath path) {
        byte[] bytes = path.toBytes();
        StringBuilder uri = new StringBuilder(bytes.length + 16).append("file://");
        for (byte b : bytes) {
            if (b <= ' ' || b == 0x7F || ESCAPED.indexOf(b) >= 0) {
                uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            } else {
                uri.append((char) b);
            }
        }
        return uri.toString();
    }

    private static HostPath parseAbsolute(String text) throws RpcException {
        if (text.startsWith("/")) {
            return HostPath.of(text).normalized();
        }
        throw schemeOf(text) == null ? notAbsolute() : otherScheme(text);
    }

    private static boolean isUri(String text) {
        return text.regionMatches(true, 0, FILE_SCHEME, 0, FILE_SCHEME.length());
    }

    /**
     * A {@code file:} URI as the URL standard reads it: backslashes are slashes, escapes become bytes, and only then are
     * dot segments removed, so that an escaped slash separates like any other (as in the reference).
     */
    private static HostPath parseUri(String text, ErrorCode code, String context) throws RpcException {
        String rest = withoutBlanks(text.substring(FILE_SCHEME.length()));
        int fragment = rest.indexOf('#');
        String beforeFragment = fragment < 0 ? rest : rest.substring(0, fragment);
        if (beforeFragment.indexOf('?') >= 0) {
            throw invalid("query parameters are not allowed in path URIs");
        }
        if (fragment >= 0) {
            throw invalid("fragments are not allowed in path URIs");
        }
        String path = rest.replace('\\', '/');
        if (path.startsWith("//")) {
            int end = path.indexOf('/', 2);
            String authority = path.substring(2, end < 0 ? path.length() : end);
            if (!authority.isEmpty() && !authority.equalsIgnoreCase("localhost")) {
                throw notOnThisHost(text, code, context);
            }
            path = end < 0 ? "" : path.substring(end);
        }
        byte[] decoded = percentDecode(path.getBytes(UTF_8));
        HostPath result = HostPath.of("/").resolve(HostPath.ofBytes(decoded)).normalized();
        if (result.hasNul() || startsWithDrive(result.toBytes())) {
            throw notOnThisHost(text, code, context);
        }
        return result;
    }

    /** Without controls and spaces at the end, and without tabs and line ends anywhere. */
    private static String withoutBlanks(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) <= ' ') {
            end--;
        }
        return text.substring(0, end).replace("\t", "").replace("\r", "").replace("\n", "");
    }

    private static byte[] percentDecode(byte[] escaped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(escaped.length);
        for (int i = 0; i < escaped.length; i++) {
            int high = escaped[i] == '%' && i + 2 < escaped.length ? Character.digit(escaped[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(escaped[i + 2], 16) : -1;
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(escaped[i]);
            }
        }
        return out.toByteArray();
    }

    private static boolean startsWithDrive(byte[] path) {
        return path.length >= 3
                && (path.length == 3 || path[3] == '/')
                && path[2] == ':'
                && ((path[1] >= 'A' && path[1] <= 'Z') || (path[1] >= 'a' && path[1] <= 'z'));
    }

    /** The scheme in lower case, or null if the text has none. */
    private static @Nullable String schemeOf(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || !text.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            return null;
        }
        return text.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    private static RpcException notAbsolute() {
        return invalid("AbsolutePathBuf deserialized without a base path");
    }

    private static RpcException otherScheme(String text) {
        return invalid("unsupported path URI scheme `" + schemeOf(text) + "`");
    }

    private static RpcException notOnThisHost(String uri, ErrorCode code, String context) {
        return new RpcException(code, context + "'" + uri + "' is invalid on 'linux'");
    }

    private static RpcException invalid(String message) {
        return new RpcException(ErrorCode.INVALID_PARAMS, message);
    }
}
