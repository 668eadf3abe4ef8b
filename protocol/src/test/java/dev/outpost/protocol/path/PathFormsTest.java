package dev.outpost.protocol.path;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.executor.HostPath;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathFormsTest {
    private static final String NOT_ABSOLUTE = "AbsolutePathBuf deserialized without a base path";
    private static final String RELATIVE_URL = "invalid URI: relative URL without a base";

    @ParameterizedTest
    @Spec({"F1", "F2", "N14a"})
    @CsvSource({
        "/, /",
        "/a, /a",
        "/a/, /a",
        "//a///b//, /a/b",
        "/a/./b/., /a/b",
        "/r/link/../a, /r/a",
        "/../../a, /a",
        "/.., /",
        "/a/..., /a/...",
        "/%2e%2e/x, /%2e%2e/x",
    })
    void plainPathsAreNormalised(String text, String path) throws RpcException {
        assertThat(PathForms.parse(text)).isEqualTo(new WirePath(HostPath.of(path), Dialect.PATHS));
    }

    @ParameterizedTest
    @Spec("F1")
    @ValueSource(strings = {"", "a", "~", "~/x", "./x", "../x", " /x", "1:x", ":x", "-:/x", "\\x"})
    void relativePathsAreRefused(String text) {
        assertFailure(() -> PathForms.parse(text), ErrorCode.INVALID_PARAMS, NOT_ABSOLUTE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Spec("F2")
    void normalisationAgreesWithASimpleOracle(long seed) throws RpcException {
        Random random = new Random(seed);
        String[] parts = {".", "..", "", "a", "b.c", "...", "\u00e9", "..x"};
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            Deque<String> expected = new ArrayDeque<>();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                String part = parts[random.nextInt(parts.length)];
                text.append('/').append(part);
                if (part.equals("..")) {
                    expected.pollLast();
                } else if (!part.isEmpty() && !part.equals(".")) {
                    expected.addLast(part);
                }
            }
            HostPath path = HostPath.of("/" + String.join("/", expected));
            assertThat(PathForms.parse(text.toString()).path()).isEqualTo(path);
            assertThat(PathForms.parse("file:" + text.insert(0, "//")).path()).isEqualTo(path);
        }
    }

    @ParameterizedTest
    @Spec({"N14", "N14a", "N16", "N17", "N18"})
    @CsvSource({
        "file:///etc/x, /etc/x",
        "file:/etc/x, /etc/x",
        "FILE:///etc/x, /etc/x",
        "File://localhost/etc/x, /etc/x",
        "file://LOCALHOST/etc/x, /etc/x",
        "file://localhost, /",
        "file:etc, /etc",
        "file:, /",
        "file://, /",
        "file:///, /",
        "file:..//./etc/hostname, /etc/hostname",
        "file:////etc//x/, /etc/x",
        "file:///%65tc/%73, /etc/s",
        "file:///r%2Fa, /r/a",
        "file:///r/b/../a, /r/a",
        "file:///r/%2e/b/%2E%2e/a, /r/a",
        "file:///r/a%2F..%2Fb, /r/b",
        "file:///%252e, /%2e",
        "file:///%, /%",
        "file:///%zz%4, /%zz%4",
        "file:///a b, /a b",
        "file:///a\\b, /a/b",
        "file:///c|/x, /c|/x",
        "file:///CC:/x, /CC:/x",
        "file:///x/C:/y, /x/C:/y",
    })
    void uris(String text, String path) throws RpcException {
        assertThat(PathForms.parse(text)).isEqualTo(new WirePath(HostPath.of(path), Dialect.URIS));
        assertThat(PathForms.parseCwd(text)).isEqualTo(new WirePath(HostPath.of(path), Dialect.URIS));
        assertThat(PathForms.parseInSandbox(text, Dialect.URIS)).isEqualTo(HostPath.of(path));
    }

    @Test
    @Spec("N17")
    void blanksAreThoseOfTheUrlStandard() throws RpcException {
        assertThat(PathForms.parse("file:///a\tb\n/c \u0001 ").path()).isEqualTo(HostPath.of("/ab/c"));
        assertThat(PathForms.parse("file:///a%20").path()).isEqualTo(HostPath.of("/a "));
        assertThat(PathForms.parse("file:///a\u3000").path()).isEqualTo(HostPath.of("/a\u3000"));
    }

    @Test
    @Spec("N17")
    void bytesNeedNotBeUtf8() throws RpcException {
        byte[] bytes = "/\u00ff\u00fe".getBytes(ISO_8859_1);
        assertThat(PathForms.parse("file:///%ff%FE").path().toBytes()).isEqualTo(bytes);
        assertThat(PathForms.parse("file:///\u00e9").path().toBytes()).isEqualTo("/\u00e9".getBytes(UTF_8));
    }

    @ParameterizedTest
    @Spec({"N20", "N21"})
    @CsvSource({
        "http://x/y, unsupported path URI scheme `http`",
        "HTTPS:, unsupported path URI scheme `https`",
        "c:/x, unsupported path URI scheme `c`",
        "a+b-c.d1:x, unsupported path URI scheme `a+b-c.d1`",
        "file:///a?x, query parameters are not allowed in path URIs",
        "file:///a?, query parameters are not allowed in path URIs",
        "file:///a?x#y, query parameters are not allowed in path URIs",
        "file:///a#?, fragments are not allowed in path URIs",
        "file:///a#, fragments are not allowed in path URIs",
        "file://host/a#f, fragments are not allowed in path URIs",
    })
    void refusedWhenDecoding(String text, String message) {
        assertFailure(() -> PathForms.parse(text), ErrorCode.INVALID_PARAMS, message);
        assertFailure(() -> PathForms.parseInSandbox(text, Dialect.URIS), ErrorCode.INVALID_PARAMS, message);
        if (text.startsWith("file:")) {
            assertFailure(() -> PathForms.parseCwd(text), ErrorCode.INVALID_PARAMS, message);
        }
    }

    @ParameterizedTest
    @Spec({"N22", "N71"})
    @ValueSource(
            strings = {
                "file://host/etc/x",
                "file://127.0.0.1/x",
                "file://user@localhost/x",
                "file://localhost:80/x",
                "file:\\\\host\\x",
                "file:///C:/x",
                "file:///c%3A/x",
                "file:///./z:",
                "file:C:/x",
                "file:///a%00b",
                "file:///%00/bad/path/L2E"
            })
    void notOnThisHost(String uri) {
        String reason = "'" + uri + "' is invalid on 'linux'";
        assertFailure(() -> PathForms.parse(uri), ErrorCode.INVALID_REQUEST, reason);
        assertFailure(
                () -> PathForms.parseCwd(uri),
                ErrorCode.INVALID_PARAMS,
                "cwd URI `" + uri + "` is not valid on this exec-server host: " + reason);
        assertFailure(
                () -> PathForms.parseInSandbox(uri, Dialect.URIS),
                ErrorCode.INVALID_PARAMS,
                "invalid sandbox permission path URI: " + reason);
    }

    @ParameterizedTest
    @Spec({"W83", "N14a"})
    @ValueSource(strings = {"/a/../b/", "relative", "", "~", "./x", "http://x"})
    void aPlainCwdIsTakenVerbatim(String text) throws RpcException {
        assertThat(PathForms.parseCwd(text)).isEqualTo(new WirePath(HostPath.of(text), Dialect.PATHS));
    }

    @Test
    @Spec({"F1", "N19", "N71"})
    void pathsInASandboxAreOfTheDialectOfTheOperation() throws RpcException {
        assertThat(PathForms.parseInSandbox("/a/../b", Dialect.PATHS)).isEqualTo(HostPath.of("/b"));
        assertFailure(
                () -> PathForms.parseInSandbox("file:///a", Dialect.PATHS), ErrorCode.INVALID_PARAMS, NOT_ABSOLUTE);
        assertFailure(() -> PathForms.parseInSandbox("/a", Dialect.URIS), ErrorCode.INVALID_PARAMS, RELATIVE_URL);
        assertFailure(() -> PathForms.parseInSandbox("a", Dialect.URIS), ErrorCode.INVALID_PARAMS, RELATIVE_URL);
    }

    @Test
    @Spec("N23")
    void writesTheCanonicalForm() {
        StringBuilder name = new StringBuilder("/");
        for (char c = 1; c < 0x80; c++) {
            name.append(c == '/' ? "" : c);
        }
        assertThat(PathForms.toUri(HostPath.of(name.toString())))
                .isEqualTo(
                        "file:///%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D%0E%0F%10%11%12%13%14%15%16%17%18%19%1A%1B%1C"
                                + "%1D%1E%1F%20!%22%23$%25&'()*+,-.0123456789:;%3C=%3E%3F@ABCDEFGHIJKLMNOPQRSTUVWXYZ[%5C]^_%60"
                                + "abcdefghijklmnopqrstuvwxyz%7B|%7D~%7F");
        assertThat(PathForms.toUri(HostPath.of("/"))).isEqualTo("file:///");
        assertThat(PathForms.toUri(HostPath.of("/\u00e9"))).isEqualTo("file:///%C3%A9");
    }

    @ParameterizedTest
    @Spec({"N17", "N23"})
    @ValueSource(longs = {1, 2, 3, 4})
    void anyPathComesBackFromItsUri(long seed) throws RpcException {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(30)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = bytes[i] == 0 ? (byte) 'x' : bytes[i];
            }
            HostPath path = HostPath.of("/p").resolve(HostPath.ofBytes(bytes)).normalized();
            if (path.startsWith(HostPath.of("/")) && path.toBytes().length > 1) {
                assertThat(PathForms.parse(PathForms.toUri(path))).isEqualTo(new WirePath(path, Dialect.URIS));
            }
        }
    }

    private interface Parsing {
        Object parse() throws RpcException;
    }

    private static void assertFailure(Parsing parsing, ErrorCode code, String message) {
        RpcException failure = catchThrowableOfType(RpcException.class, parsing::parse);
        assertThat(failure).hasMessage(message);
        assertThat(failure.code()).isEqualTo(code);
    }
}
