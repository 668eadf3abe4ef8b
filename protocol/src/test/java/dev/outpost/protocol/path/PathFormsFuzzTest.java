package dev.outpost.protocol.path;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.HostPath;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import org.jspecify.annotations.Nullable;

/**
 * Every text is refused as documented or becomes a path that is normal: absolute, without empty, {@code .} and {@code ..}
 * components. Such a path is the same again after it was written and read, in both forms.
 */
@Spec({"F1", "F2", "N16", "N17", "N18", "N22", "N23"})
class PathFormsFuzzTest extends FuzzContract {
    private interface Parser {
        HostPath parse(String text) throws RpcException;
    }

    @Override
    protected void check(byte[] input) throws RpcException {
        String text = new String(input, UTF_8);
        HostPath operation = parsed(text, wire -> PathForms.parse(wire).path());
        HostPath inPaths = parsed(text, wire -> PathForms.parseInSandbox(wire, Dialect.PATHS));
        HostPath inUris = parsed(text, wire -> PathForms.parseInSandbox(wire, Dialect.URIS));
        for (HostPath path : new @Nullable HostPath[] {operation, inPaths, inUris}) {
            if (path != null) {
                checkNormal(path);
                checkReadBack(path);
            }
        }
        if (operation != null) {
            assertThat(PathForms.parse(text).dialect() == Dialect.URIS ? inUris : inPaths)
                    .as("inside a sandbox context")
                    .isEqualTo(operation);
        }
        checkCwd(text);
        checkReadBack(HostPath.of("/").resolve(HostPath.ofBytes(input)).normalized());
    }

    private static @Nullable HostPath parsed(String text, Parser parser) {
        try {
            return parser.parse(text);
        } catch (RpcException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_PARAMS, ErrorCode.INVALID_REQUEST);
            assertThat(e.getMessage()).isNotBlank();
            return null;
        }
    }

    private static void checkCwd(String text) {
        HostPath cwd = parsed(text, wire -> PathForms.parseCwd(wire).path());
        if (!text.regionMatches(true, 0, "file:", 0, 5)) {
            assertThat(cwd).as("verbatim").isEqualTo(HostPath.of(text));
        } else if (cwd != null) {
            checkNormal(cwd);
        }
    }

    private static void checkNormal(HostPath path) {
        assertThat(path.isAbsolute()).isTrue();
        assertThat(path.normalized()).isEqualTo(path);
        String latin = new String(path.toBytes(), ISO_8859_1);
        assertThat(latin + "/").doesNotContain("/../", "/./");
        assertThat(latin.equals("/") ? "" : latin + "/").doesNotContain("//");
    }

    private static void checkReadBack(HostPath path) throws RpcException {
        String uri = PathForms.toUri(path);
        assertThat(US_ASCII.newEncoder().canEncode(uri)).isTrue();
        boolean onThisHost = !path.hasNul() && !looksLikeDrive(path);
        assertThat(parsed(uri, text -> PathForms.parse(text).path())).isEqualTo(onThisHost ? path : null);
        String plain = path.toString();
        if (HostPath.of(plain).equals(path)) {
            assertThat(PathForms.parse(plain)).isEqualTo(new WirePath(path, Dialect.PATHS));
        }
    }

    /** Such a URI means another kind of host (spec N22). */
    private static boolean looksLikeDrive(HostPath path) {
        return path.toString().matches("(?s)/[A-Za-z]:(/.*)?");
    }
}
