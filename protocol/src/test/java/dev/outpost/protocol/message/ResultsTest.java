package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.text;
import static dev.outpost.protocol.message.Parameters.written;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.Extension;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.testkit.Spec;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResultsTest {
    private static final EnvironmentInfo INFO = new EnvironmentInfo(
            "bash",
            HostPath.of("/bin/bash"),
            "1.2",
            "linux",
            HostPath.of("/w s"),
            HostPath.of("/home/u"),
            HostPath.of("/tmp"),
            List.of(HostPath.of("/t1"), HostPath.of("/t2")),
            EnumSet.of(Extension.PROCESS_RESIZE, Extension.PROCESS_CLOSE_STDIN));
    private static final String INFO_JSON = """
            {"shell":{"name":"bash","path":"/bin/bash"},"executorVersion":"1.2","cwd":"file:///w%20s",\
            "userHomeDir":"file:///home/u","platformOs":"linux","prependPathDirs":[],\
            "temporaryDirectories":["file:///t1","file:///t2"],"tempDir":"file:///tmp",\
            "capabilities":{"outpost":{"outputCredit":true,"processResize":true,"processCloseStdin":true}}}""";

    @Test
    @Spec({"W79", "N38", "N8", "N14a"})
    void initialize() {
        assertThat(written(new InitializeResult("s-1", new EnvironmentInfoResult(INFO))))
                .isEqualTo("{\"sessionId\":\"s-1\",\"environmentInfo\":" + INFO_JSON + "}");
    }

    @Test
    @Spec({"N52", "N69", "N9", "N23"})
    void environmentInfo() {
        assertThat(written(new EnvironmentInfoResult(INFO))).isEqualTo(INFO_JSON);
        EnvironmentInfo unknown = new EnvironmentInfo(
                "sh", HostPath.of("/bin/sh"), "1", "linux", null, null, HostPath.of("/tmp"), List.of(), Set.of());
        assertThat(written(new EnvironmentInfoResult(unknown)))
                .contains(
                        "\"cwd\":null,\"userHomeDir\":null,",
                        "\"temporaryDirectories\":[],",
                        "\"capabilities\":{\"outpost\":{\"outputCredit\":true}}}");
    }

    @Test
    @Spec("N53")
    void environmentStatus() {
        assertThat(written(new EnvironmentStatusResult())).isEqualTo("{\"status\":\"ready\"}");
    }

    @Test
    @Spec({"W89", "N39"})
    void start() {
        assertThat(written(new StartResult(new ProcessId("p\n"), SandboxType.NONE)))
                .isEqualTo("{\"processId\":\"p\\n\",\"sandboxType\":\"none\"}");
    }

    @Test
    @Spec({"W91", "W92", "W95", "W96", "W99", "W100"})
    void small() {
        assertThat(written(new WriteResult("stdinClosed"))).isEqualTo("{\"status\":\"stdinClosed\"}");
        assertThat(written(new TerminateResult(true))).isEqualTo("{\"running\":true}");
        assertThat(written(new TerminateResult(false))).isEqualTo("{\"running\":false}");
        assertThat(written(new EmptyResult())).isEqualTo("{}");
    }

    @Test
    @Spec({"W97", "N48", "N4"})
    void metadata() {
        assertThat(written(new MetadataResult(new FileMetadata(false, true, true, 18, 0, 1795373766353L))))
                .isEqualTo("{\"isDirectory\":false,\"isFile\":true,\"isSymlink\":true,\"size\":18,\"createdAtMs\":0,"
                        + "\"modifiedAtMs\":1795373766353}");
    }

    @Test
    @Spec("W98")
    void directory() {
        assertThat(written(new ReadDirectoryResult(
                        List.of(new DirectoryEntry("a\"", false, true), new DirectoryEntry("d", true, false)))))
                .isEqualTo("{\"entries\":[{\"fileName\":\"a\\\"\",\"isDirectory\":false,\"isFile\":true},"
                        + "{\"fileName\":\"d\",\"isDirectory\":true,\"isFile\":false}]}");
        assertThat(written(new ReadDirectoryResult(List.of()))).isEqualTo("{\"entries\":[]}");
    }

    @Test
    @Spec({"W94", "W33"})
    void fileInParts() {
        JsonOutput out = new JsonOutput();
        ReadFileAnswer.prefix(out, new RequestId.Text("r"));
        byte[] content = "hello".getBytes(UTF_8);
        out.base64Part(content, 0, 3).base64Part(content, 3, 2);
        ReadFileAnswer.suffix(out);
        assertThat(text(out)).isEqualTo("{\"id\":\"r\",\"result\":{\"dataBase64\":\"aGVsbG8=\"}}");
    }

    @Nested
    @Spec("W90")
    class Read {
        private final ProcessEvent.Output one = new ProcessEvent.Output(1, ProcessStream.STDOUT, "one".getBytes(UTF_8));
        private final ProcessEvent.Output two = new ProcessEvent.Output(2, ProcessStream.STDERR, "two".getBytes(UTF_8));

        @Test
        @Spec({"P31", "P38", "N40"})
        void everything() {
            ReadResult result = new ReadResult(List.of(one, two), 3, 5, new ExitStatus.Code(7), true, null, false);
            assertThat(written(new ReadResultMessage(result, false, Dialect.PATHS, false)))
                    .isEqualTo("{\"chunks\":[{\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"b25l\"},"
                            + "{\"seq\":2,\"stream\":\"stderr\",\"chunk\":\"dHdv\"}],\"nextSeq\":3,\"exited\":true,"
                            + "\"exitCode\":7,\"closed\":true,\"failure\":null,\"sandboxDenied\":false}");
        }

        @Test
        @Spec("P38")
        void nothingYet() {
            ReadResult result = new ReadResult(List.of(), 1, 1, null, false, null, false);
            assertThat(written(new ReadResultMessage(result, false, Dialect.URIS, false)))
                    .isEqualTo("{\"chunks\":[],\"nextSeq\":1,\"exited\":false,\"exitCode\":null,\"closed\":false,"
                            + "\"failure\":null,\"sandboxDenied\":false}");
        }

        @Test
        @Spec({"P99", "N40"})
        void failed() {
            ReadResult result = new ReadResult(List.of(), 4, 4, null, true, "gone \"away\"", true);
            assertThat(written(new ReadResultMessage(result, false, Dialect.PATHS, false)))
                    .isEqualTo("{\"chunks\":[],\"nextSeq\":4,\"exited\":true,\"exitCode\":null,\"closed\":true,"
                            + "\"failure\":\"gone \\\"away\\\"\",\"sandboxDenied\":true}");
        }

        @ParameterizedTest
        @Spec({"P25", "P26", "N40", "N14a"})
        @CsvSource({"PATHS, false, 2", "PATHS, true, 2", "URIS, true, 2", "URIS, false, 4"})
        void nextSeqByDialect(Dialect dialect, boolean limited, long nextSeq) {
            ReadResult result = new ReadResult(List.of(one), 2, 4, new ExitStatus.Code(0), true, null, false);
            assertThat(written(new ReadResultMessage(result, limited, dialect, false)))
                    .contains("\"nextSeq\":" + nextSeq + ",");
        }

        @Test
        @Spec({"N44", "P17"})
        void exitCodeAndStreamOfATerminal() {
            ProcessEvent.Output pty = new ProcessEvent.Output(1, ProcessStream.PTY, new byte[] {'x'});
            ReadResult result = new ReadResult(List.of(pty), 2, 3, new ExitStatus.Signal(9), false, null, false);
            assertThat(written(new ReadResultMessage(result, true, Dialect.URIS, true)))
                    .contains("\"stream\":\"pty\"", "\"exitCode\":1,");
            assertThat(written(new ReadResultMessage(result, true, Dialect.URIS, false)))
                    .contains("\"exitCode\":137,");
        }
    }

    @ParameterizedTest
    @Spec({"P52", "P53", "P54", "N44", "N14a"})
    @CsvSource({"PATHS, false, -1", "URIS, false, 137", "PATHS, true, 1", "URIS, true, 1"})
    void exitCodes(Dialect dialect, boolean tty, int killed) {
        assertThat(ExitCodes.of(new ExitStatus.Signal(9), tty, dialect)).isEqualTo(killed);
        assertThat(ExitCodes.of(new ExitStatus.Code(0), tty, dialect)).isZero();
        assertThat(ExitCodes.of(new ExitStatus.Code(255), tty, dialect)).isEqualTo(255);
    }

    @Nested
    class Notifications {
        private final JsonOutput out = new JsonOutput();
        private final ProcessNotifications notifications =
                new ProcessNotifications(new ProcessId("p\"\u00e9"), Dialect.URIS, false);

        @ParameterizedTest
        @EnumSource
        @Spec({"W117", "P17"})
        void output(ProcessStream stream) {
            notifications.output(out, new ProcessEvent.Output(12, stream, "hi\n".getBytes(UTF_8)));
            assertThat(text(out))
                    .isEqualTo("{\"method\":\"process/output\",\"params\":{\"processId\":\"p\\\"\u00e9\",\"seq\":12,"
                            + "\"stream\":\"" + stream.name().toLowerCase(Locale.ROOT)
                            + "\",\"chunk\":\"aGkK\"}}");
        }

        @Test
        @Spec({"W118", "N43", "N44"})
        void exited() {
            notifications.exited(out, new ProcessEvent.Exited(2, new ExitStatus.Signal(2), true));
            assertThat(text(out))
                    .isEqualTo("{\"method\":\"process/exited\",\"params\":{\"processId\":\"p\\\"\u00e9\",\"seq\":2,"
                            + "\"exitCode\":130,\"sandboxDenied\":true}}");
        }

        @Test
        @Spec("W119")
        void closed() {
            notifications.closed(out, new ProcessEvent.Closed(3));
            assertThat(text(out))
                    .isEqualTo("{\"method\":\"process/closed\",\"params\":{\"processId\":\"p\\\"\u00e9\",\"seq\":3}}");
        }
    }
}
