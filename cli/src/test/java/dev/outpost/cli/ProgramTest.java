package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program from its start to its listening, as a shell sees it. */
class ProgramTest {
    @TempDir
    private Path scratch;

    private static SocketAddress address(String url) {
        URI uri = URI.create(url);
        return new InetSocketAddress(uri.getHost().replaceAll("[\\[\\]]", ""), uri.getPort());
    }

    /** Status line of {@code GET /readyz} with further header lines, each ending in CR LF. */
    private static String readyz(SocketAddress server, String headers) throws IOException {
        try (SocketChannel channel = SocketChannel.open(server)) {
            String request = "GET /readyz HTTP/1.1\r\nHost: outpost\r\nConnection: close\r\n" + headers + "\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), US_ASCII)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 15, 143", "INT, 2, 130"})
    @Spec({"W1", "W8", "W9", "W10"})
    void listensUntilASignalComes(String signal, int number, int exitCode) throws Exception {
        try (Program program = Program.start(scratch, "serve")) {
            String url = program.readLine();
            assertThat(url).matches("ws://127\\.0\\.0\\.1:[1-9][0-9]*");
            assertThat(readyz(address(url), "")).isEqualTo("HTTP/1.1 200 OK");
            // A closed stdin is nothing to a listening server.
            program.endInput();
            assertThat(readyz(address(url), "")).isEqualTo("HTTP/1.1 200 OK");
            assumeThat(program.ignores(number))
                    .as(
                            "SIG%s is ignored here, as in a background job of a script; the end by it is not tested",
                            signal)
                    .isFalse();
            program.signal(signal);
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.exitCode()).isEqualTo(exitCode);
            assertThat(ended.stdout()).isEmpty();
            assertThat(ended.stderr()).isEmpty();
        }
    }

    @Test
    @Spec({"W3", "W8"})
    void ipv6IsInBrackets() throws Exception {
        try (Program program = Program.start(scratch, "serve", "--listen", "ws://[::1]:0")) {
            String url = program.readLine();
            assertThat(url).matches("ws://\\[::1\\]:[1-9][0-9]*");
            assertThat(readyz(address(url), "")).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @ParameterizedTest
    @Spec({"W4", "W5", "W7"})
    @CsvSource(
            delimiter = '|',
            value = {
                "ws://localhost:0 | invalid websocket --listen URL `ws://localhost:0`; expected `ws://IP:PORT`",
                "http://127.0.0.1:0 | unsupported --listen URL `http://127.0.0.1:0`; expected `ws://IP:PORT` or `stdio`",
                "'' | unsupported --listen URL ``; expected `ws://IP:PORT` or `stdio`",
            })
    void badUrls(String url, String message) throws Exception {
        assertThat(Program.run(scratch, "exec-server", "--listen", url))
                .isEqualTo(new Program.Ended(1, "", "Error: " + message + "\n"));
    }

    @Test
    @Spec({"W6", "W7"})
    void addressInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Program.Ended ended = Program.run(scratch, "serve", "--listen", "ws://127.0.0.1:" + other.getLocalPort());
            assertThat(ended).isEqualTo(new Program.Ended(1, "", "Error: Address already in use (os error 98)\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:0", "[::]:0"})
    @Spec("N14k")
    void offLoopbackIsRefused(String address) throws Exception {
        Program.Ended ended = Program.run(scratch, "serve", "--listen", "ws://" + address);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.stderr())
                .startsWith("Error: refusing to listen on " + address + ": other machines can reach")
                .contains("not authenticated", "ssh -L", "--allow-unauthenticated")
                .hasLineCount(1);
    }

    @Test
    @Spec("N14k")
    void offLoopbackCanBeAskedFor() throws Exception {
        try (Program program =
                Program.start(scratch, "serve", "--listen", "ws://0.0.0.0:0", "--allow-unauthenticated")) {
            assertThat(program.readLine()).matches("ws://0\\.0\\.0\\.0:[1-9][0-9]*");
            assertThat(program.stderr())
                    .startsWith("WARNING: listening on 0.0.0.0:0 without authentication")
                    .hasLineCount(1);
        }
    }

    @Test
    void unixSocket() throws Exception {
        Path socket = scratch.resolve("a socket");
        try (Program program = Program.start(scratch, "serve", "--listen", "unix://" + socket)) {
            assertThat(program.readLine()).isEqualTo("unix://" + socket);
            assertThat(readyz(UnixDomainSocketAddress.of(socket), "")).isEqualTo("HTTP/1.1 200 OK");

            Program.Ended second = Program.run(scratch, "serve", "--listen", "unix://" + socket);
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.stdout()).isEmpty();
            assertThat(second.stderr()).startsWith("Error: ").hasLineCount(1);

            program.signal("TERM");
            assertThat(program.awaitEnd().exitCode()).isEqualTo(143);
        }
        assertThat(Files.exists(socket)).isFalse();
    }

    @Test
    @Spec("N14e")
    void originsAreRefusedButThoseListed() throws Exception {
        try (Program program = Program.start(scratch, "serve", "--allow-origin", "https://tool.example")) {
            SocketAddress server = address(program.readLine());
            assertThat(readyz(server, "Origin: https://tool.example\r\n")).isEqualTo("HTTP/1.1 200 OK");
            assertThat(readyz(server, "Origin: https://evil.example\r\n")).isEqualTo("HTTP/1.1 403 Forbidden");
        }
    }

    @Test
    void helpAndVersionGoToStdout() throws Exception {
        assertThat(Program.run(scratch, "--version"))
                .isEqualTo(new Program.Ended(0, Version.line() + "\n" + StartUpCache.line() + "\n", ""));
        Program.Ended help = Program.run(scratch, "serve", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.stdout()).startsWith("Run the server.");
        assertThat(help.stderr()).isEmpty();
    }

    @Test
    @Spec("N37")
    void misuseGoesToStderr() throws Exception {
        Program.Ended ended = Program.run(scratch, "serve", "--concurrent-requests", "0");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.stderr()).startsWith("Error: invalid value '0' for --concurrent-requests");
    }
}
