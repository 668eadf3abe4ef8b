package dev.outpost.protocol.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.testkit.Spec;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final JsonOutput out = new JsonOutput();

    @Test
    @Spec("W33")
    void result() {
        Answers.result(out, new RequestId.Text("a\"1"), json -> json.raw("{\"running\":true}"));
        assertThat(written()).isEqualTo("{\"id\":\"a\\\"1\",\"result\":{\"running\":true}}");
    }

    @Test
    @Spec({"W33", "W67"})
    void error() {
        Answers.error(out, new RequestId.Number(-7), ErrorCode.NOT_FOUND.code(), "No \"such\" file");
        assertThat(written()).isEqualTo("{\"error\":{\"code\":-32004,\"message\":\"No \\\"such\\\" file\"},\"id\":-7}");
    }

    @Test
    @Spec({"W32", "W63"})
    void malformed() {
        Answers.error(
                out,
                RequestId.UNKNOWN,
                ErrorCode.INVALID_REQUEST.code(),
                Answers.malformedText(true, "exec-server websocket 127.0.0.1:42", "x at line 1 column 2"));
        assertThat(written())
                .isEqualTo("{\"error\":{\"code\":-32600,\"message\":\"failed to parse websocket JSON-RPC message from"
                        + " exec-server websocket 127.0.0.1:42: x at line 1 column 2\"},\"id\":-1}");
        assertThat(Answers.malformedText(false, "exec-server stdio", "x"))
                .isEqualTo("failed to parse JSON-RPC message from exec-server stdio: x");
    }

    @Test
    @Spec({"W63", "W64", "W65", "W66", "W67", "N33"})
    void codes() {
        assertThat(ErrorCode.values())
                .extracting(ErrorCode::code)
                .containsExactly(-32600, -32601, -32602, -32603, -32004, -32010);
    }

    private String written() {
        return new String(out.array(), 0, out.size(), UTF_8);
    }
}
