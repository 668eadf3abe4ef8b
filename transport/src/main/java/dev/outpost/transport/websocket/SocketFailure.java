package dev.outpost.transport.websocket;

import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.handler.codec.DecoderException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What went wrong with a socket, in the words that users of the reference know (spec C3, C10). */
final class SocketFailure {
    /** What connecting to or using a socket can fail with: the C library's words, the reference's, the number. */
    private static final Map<String, OsError> OS_ERRORS = Map.ofEntries(
            error("No such file or directory", "No such file or directory", 2),
            error("Permission denied", "Permission denied", 13),
            error("Not a directory", "Not a directory", 20),
            error("Too many open files", "No file descriptors available", 24),
            error("Broken pipe", "Broken pipe", 32),
            error("Cannot assign requested address", "Address not available", 99),
            error("Network is unreachable", "Network unreachable", 101),
            error("Connection reset by peer", "Connection reset by peer", 104),
            error("Connection timed out", "Operation timed out", 110),
            error("Connection refused", "Connection refused", 111),
            error("Host is down", "Host is down", 112),
            error("No route to host", "Host is unreachable", 113));

    private record OsError(String text, int number) {}

    private SocketFailure() {}

    private static Map.Entry<String, OsError> error(String words, String text, int number) {
        return Map.entry(words, new OsError(text, number));
    }

    /** The DETAIL of a failure. */
    static String describe(Throwable failure) {
        if (failure instanceof SSLException) {
            return "TLS error: " + message(failure);
        }
        if (failure instanceof DecoderException && failure.getCause() instanceof SSLException tls) {
            return "TLS error: " + message(tls);
        }
        if (failure instanceof ProtocolException || failure instanceof SocketTimeoutException) {
            return "WebSocket protocol error: " + message(failure);
        }
        if (failure instanceof UnknownHostException) {
            return "IO error: failed to lookup address information: Name does not resolve";
        }
        OsError known = osError(failure);
        if (known != null) {
            return "IO error: " + known.text() + " (os error " + known.number() + ")";
        }
        return failure instanceof IOException ? message(failure) : "internal error: " + failure;
    }

    /** The end of an open connection with a cause. */
    static IOException ofConnection(String label, Throwable cause) {
        boolean writing = cause instanceof NativeIoException && message(cause).startsWith("write");
        return new IOException(
                (writing
                                ? "failed to write websocket JSON-RPC message to "
                                : "failed to read websocket JSON-RPC message from ")
                        + label + ": " + describe(cause),
                cause);
    }

    private static @Nullable OsError osError(Throwable failure) {
        // Netty's exception for a socket that isn't there has no text.
        String text = failure instanceof FileNotFoundException ? "No such file or directory" : message(failure);
        return OS_ERRORS.entrySet().stream()
                .filter(entry -> text.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
