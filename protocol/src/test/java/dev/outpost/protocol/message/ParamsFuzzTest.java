package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.Json;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Any parameters of any method are decoded or refused as documented, with an unknown member as without it; what is decoded
 * is what was sent. An input is a whole request, or its parameters alone.
 */
@Spec({"W34", "W35", "W36", "W68"})
class ParamsFuzzTest extends FuzzContract {
    private interface Decoding {
        Object decode(JsonSlice params) throws RpcException;
    }

    private static final Map<String, Decoding> METHODS = Map.ofEntries(
            Map.entry("initialize", InitializeParams::decode),
            Map.entry("process/start", StartParams::decode),
            Map.entry("process/read", ReadParams::decode),
            Map.entry("process/write", WriteParams::decode),
            Map.entry("process/terminate", TerminateParams::decode),
            Map.entry("process/signal", SignalParams::decode),
            Map.entry("fs/readFile", ReadFileParams::decode),
            Map.entry("fs/writeFile", WriteFileParams::decode),
            Map.entry("fs/createDirectory", CreateDirectoryParams::decode),
            Map.entry("fs/getMetadata", MetadataParams::decode),
            Map.entry("fs/readDirectory", ReadDirectoryParams::decode),
            Map.entry("fs/remove", RemoveParams::decode),
            Map.entry("fs/copy", CopyParams::decode),
            Map.entry("http/request", HttpRequestParams::decode),
            Map.entry("environment/info", NoParams::decode));

    @Override
    protected void check(byte[] input) {
        JsonSlice params = request(input) instanceof IncomingMessage.Request whole ? whole.params() : params(input);
        if (params == null) {
            return;
        }
        for (Decoding decoding : METHODS.values()) {
            checkOne(decoding, params);
        }
    }

    @Override
    protected List<byte[]> moreInputs() {
        return recordedMessages();
    }

    private static IncomingMessage request(byte[] message) {
        return IncomingMessage.parse(message, message.length);
    }

    /** The parameters, if they are JSON. */
    private static @Nullable JsonSlice params(byte[] json) {
        byte[] message =
                ("{\"id\":1,\"method\":\"m\",\"params\":" + new String(json, ISO_8859_1) + "}").getBytes(ISO_8859_1);
        return request(message) instanceof IncomingMessage.Request whole ? whole.params() : null;
    }

    private static void checkOne(Decoding decoding, JsonSlice params) {
        String text = params.toString();
        try {
            // A copy, because the content of a file is decoded over its text.
            byte[] copy = text.getBytes(UTF_8);
            checkDecoded(decoding.decode(new JsonSlice(copy, 0, copy.length)), params);
        } catch (RpcException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_PARAMS, ErrorCode.INVALID_REQUEST);
            assertThat(e.getMessage()).isNotBlank();
        }
        if (text.startsWith("{") && !text.equals("{}") && decoding != METHODS.get("environment/info")) {
            String more = text.substring(0, text.length() - 1) + ",\"unknown\":[{\"path\":1}]}";
            JsonSlice changed = Objects.requireNonNull(params(more.getBytes(UTF_8)), more);
            assertThat(outcome(decoding, changed)).isEqualTo(outcome(decoding, params));
        }
    }

    private static String outcome(Decoding decoding, JsonSlice params) {
        try {
            return decoding.decode(params).toString().replaceAll("\\[B@[0-9a-f]+|Payload@[0-9a-f]+", "bytes");
        } catch (RpcException e) {
            return e.code() + " " + e.getMessage();
        }
    }

    private static void checkDecoded(Object decoded, JsonSlice params) {
        Json json = Json.parse(Arrays.copyOfRange(params.bytes(), params.start(), params.end()));
        if (!(json instanceof Json.Members members)) {
            return;
        }
        switch (decoded) {
            case InitializeParams initialize ->
                assertThat(last(members, "clientName")).isEqualTo(new Json.Text(initialize.clientName()));
            case StartParams start -> {
                assertThat(last(members, "argv"))
                        .isEqualTo(texts(start.process().argv()));
                assertThat(last(members, "tty"))
                        .isEqualTo(new Json.Word(String.valueOf(start.process().tty())));
                if (last(members, "env") instanceof Json.Members env) {
                    assertThat(start.process().environment())
                            .isEqualTo(env.list().stream()
                                    .collect(Collectors.toMap(
                                            Json.Member::name, ParamsFuzzTest::text, (_, later) -> later)));
                }
            }
            case WriteParams write ->
                assertThat(last(members, "chunk"))
                        .isEqualTo(new Json.Text(Base64.getEncoder().encodeToString(write.chunk())));
            case WriteFileParams file -> {
                try {
                    assertThat(last(members, "dataBase64"))
                            .isEqualTo(new Json.Text(Base64.getEncoder()
                                    .encodeToString(file.data().decode().toByteArray())));
                } catch (RpcException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                }
            }
            case ReadParams read ->
                assertThat(last(members, "processId"))
                        .isEqualTo(new Json.Text(read.processId().value()));
            default -> {}
        }
    }

    private static Json last(Json.Members members, String name) {
        return members.values(name).getLast();
    }

    private static Json texts(List<String> texts) {
        return new Json.Elements(
                texts.stream().map(text -> (Json) new Json.Text(text)).toList());
    }

    private static String text(Json.Member member) {
        return ((Json.Text) member.value()).value();
    }
}
