package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Answers;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.Json;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever names, texts, bytes and numbers are in a message, it is one JSON value, and a reader gets them back. The input
 * is all of them at once: characters, also half ones, bytes of output, and numbers.
 */
@Spec({"W33", "W36", "W89", "W90", "W97", "W98", "W117", "W118", "W119"})
class ResultsFuzzTest extends FuzzContract {
    private final JsonOutput out = new JsonOutput();

    @Override
    protected void check(byte[] input) {
        String text = new String(input, UTF_16BE);
        long number = ByteBuffer.wrap(Arrays.copyOf(input, Long.BYTES)).getLong();
        ProcessStream stream = ProcessStream.values()[Math.floorMod(number, ProcessStream.values().length)];
        ProcessEvent.Output chunk = new ProcessEvent.Output(number, stream, input);
        String expected = asWritten(text);
        String base64 = Base64.getEncoder().encodeToString(input);

        JsonNode output = notification(text, writer -> writer.output(out, chunk));
        assertThat(output.get("processId").asString()).isEqualTo(expected);
        assertThat(output.get("seq").asLong()).isEqualTo(number);
        assertThat(output.get("stream").asString()).isEqualTo(Streams.name(stream));
        assertThat(output.get("chunk").asString()).isEqualTo(base64);
        var exit = new ProcessEvent.Exited(number, new ExitStatus.Code((int) number), number < 0);
        assertThat(notification(text, writer -> writer.exited(out, exit))
                        .get("exitCode")
                        .asInt())
                .isEqualTo((int) number);
        assertThat(notification(text, writer -> writer.closed(out, new ProcessEvent.Closed(number)))
                        .get("seq")
                        .asLong())
                .isEqualTo(number);

        ReadResult read = new ReadResult(List.of(chunk, chunk), number, number, null, false, text, false);
        JsonNode result = answer(text, new ReadResultMessage(read, true, Dialect.PATHS, false));
        assertThat(result.get("chunks")).hasSize(2);
        assertThat(result.get("chunks").get(1).get("chunk").asString()).isEqualTo(base64);
        assertThat(result.get("failure").asString()).isEqualTo(expected);
        JsonNode entries = answer(text, new ReadDirectoryResult(List.of(new DirectoryEntry(text, true, false))));
        assertThat(entries.get("entries").get(0).get("fileName").asString()).isEqualTo(expected);
        FileMetadata metadata = new FileMetadata(true, false, true, number, -number, number);
        assertThat(answer(text, new MetadataResult(metadata)).get("createdAtMs").asLong())
                .isEqualTo(-number);
        assertThat(answer(text, new StartResult(new ProcessId(text), SandboxType.NONE))
                        .get("processId")
                        .asString())
                .isEqualTo(expected);
        out.reset();
        Answers.error(out, new RequestId.Number(number), (int) number, text);
        JsonNode error = written();
        assertThat(error.get("id").asLong()).isEqualTo(number);
        assertThat(error.get("error").get("message").asString()).isEqualTo(expected);
    }

    /** Half a character can't be sent. */
    private static String asWritten(String text) {
        StringBuilder written = new StringBuilder();
        text.codePoints().forEach(point -> written.appendCodePoint(point >= 0xD800 && point < 0xE000 ? 0xFFFD : point));
        return written.toString();
    }

    private interface Writing {
        void with(ProcessNotifications writer);
    }

    private JsonNode notification(String processId, Writing writing) {
        out.reset();
        writing.with(new ProcessNotifications(new ProcessId(processId), Dialect.URIS, false));
        return written().get("params");
    }

    private JsonNode answer(String id, Result result) {
        out.reset();
        Answers.result(out, new RequestId.Text(id), result);
        JsonNode answer = written();
        assertThat(answer.get("id").asString()).isEqualTo(asWritten(id));
        return answer.get("result");
    }

    private JsonNode written() {
        byte[] json = Arrays.copyOf(out.array(), out.size());
        assertThat(Json.parse(json)).as(new String(json, UTF_8)).isNotNull();
        return JsonMapper.shared().readTree(json);
    }
}
