package dev.outpost.server;

import static dev.outpost.server.Wire.createDirectory;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is told of failures (spec 01 §6). */
class FailureTest {
    private final TestServer server = new TestServer();
    private final MemoryConnection client = server.connectReady();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/rejected,-32600,Permission denied (os error 13)",
        "/invalid,-32602,not acceptable",
        "/failed,-32603,File exists (os error 17)",
    })
    @Spec({"W63", "W65", "W66"})
    void eachKindHasItsCode(String path, int code, String message) {
        client.send(createDirectory(1, path));
        client.expectError(1, code, message);
    }

    @Test
    @Spec("W67")
    void aMissingFileHasACodeOfItsOwn() {
        client.send(Wire.readFile(1, "/missing"));
        client.expectError(1, -32004, "No such file or directory (os error 2)");
    }

    @Test
    @Spec({"W63", "F10"})
    void badBase64OfAFileIsFoundAfterTheOtherChecks() {
        client.send(Wire.request(1, "fs/writeFile", "'path':'/a','dataBase64':'!'"));
        var error = client.answer(1).get("error");
        assertThat(error.get("code").asInt()).isEqualTo(-32600);
        assertThat(error.get("message").asString()).startsWith("fs/writeFile requires valid base64 dataBase64: ");
        assertThat(server.files.calls()).isEmpty();
    }

    @Test
    @Spec({"W65", "W66", "P10"})
    void failedStarts() {
        client.send(Wire.start(1, "p", "", "/"));
        client.expectError(1, -32602, "argv must not be empty");
        client.send(Wire.start(2, "p", "'missing'", "/"));
        client.expectError(2, -32603, "No such file or directory (os error 2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bug", "/no-memory"})
    @Spec("W66")
    void whatNobodyExpectedIsNotTold(String path) {
        client.send(createDirectory(1, path));
        var error = client.answer(1).get("error");
        assertThat(error.get("code").asInt()).isEqualTo(-32603);
        assertThat(error.get("message").asString())
                .matches("internal error; the server's log has the details under reference [0-9a-f]{8}");
        client.send(createDirectory(2, "/fine"));
        client.result(2);
    }
}
