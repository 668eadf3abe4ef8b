package dev.outpost.transport.websocket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a listening Unix socket. It appears with mode 0600 at once: the socket is bound inside a directory that
 * only we can enter, and then renamed to its place.
 */
final class UnixSocketFile {
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final Path path;
    private final Path workshop;
    private @Nullable Object key;

    private UnixSocketFile(Path path, Path workshop) {
        this.path = path;
        this.workshop = workshop;
    }

    /**
     * Prepares to listen at a path. Of two servers that find the same stale file at the same moment, the later one wins.
     *
     * @throws IOException if something is there already, unless it is a socket that nobody listens on
     */
    static UnixSocketFile prepare(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        if (inUse(absolute)) {
            throw new IOException("Address already in use (os error 98)");
        }
        Path parent = Objects.requireNonNullElse(absolute.getParent(), absolute);
        try {
            Path workshop = Files.createTempDirectory(
                    parent, ".o", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return new UnixSocketFile(absolute, workshop);
        } catch (NoSuchFileException e) {
            throw new IOException("No such file or directory (os error 2)", e);
        } catch (AccessDeniedException e) {
            throw new IOException("Permission denied (os error 13)", e);
        }
    }

    /** Where to bind. */
    Path bindAt() {
        return workshop.resolve("s");
    }

    /** Moves the bound socket to its place. */
    void publish() throws IOException {
        Path bound = bindAt();
        Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
        key = keyOf(bound);
        Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(workshop);
    }

    /** Removes what was made, unless another has put something else in its place. Idempotent. */
    void remove() throws IOException {
        Files.deleteIfExists(bindAt());
        Files.deleteIfExists(workshop);
        if (key != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && key.equals(keyOf(path))) {
            Files.deleteIfExists(path);
        }
        key = null;
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static boolean inUse(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE) != SOCKET) {
            return true;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            return false;
        }
    }
}
