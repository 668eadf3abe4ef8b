package dev.outpost.testkit.vector;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a case is run over. */
enum Transport {
    WEB_SOCKET("over WebSocket"),
    STDIO("over stdio");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String title;

    Transport(String title) {
        this.title = title;
    }

    /**
     * Whether a case makes sense here. On stdio there is one connection, which the client can't end and outlive, and
     * there are lines in place of frames.
     */
    boolean suits(VectorCase vector) {
        return switch (this) {
            case WEB_SOCKET -> true;
            case STDIO -> vector.steps().stream().allMatch(Transport::suitsStdio);
        };
    }

    private static boolean suitsStdio(Step step) {
        return step.on().equals(Step.DEFAULT)
                && switch (step) {
                    case Step.Send send -> true;
                    case Step.Sleep sleep -> true;
                    case Step.WaitClosed wait -> true;
                    case Step.Raw raw -> !raw.text().isBlank() && !raw.text().contains("\n");
                    case Step.Binary binary -> false;
                    case Step.Fragments fragments -> false;
                    case Step.Ping ping -> false;
                    case Step.Close close -> false;
                };
    }

    /** The recordings are of WebSockets; the text about a malformed message names the transport (spec W32). */
    JsonNode translate(JsonNode expected) {
        return switch (this) {
            case WEB_SOCKET -> expected;
            case STDIO ->
                JSON.readTree(expected.toString()
                        .replace(
                                "failed to parse websocket JSON-RPC message from exec-server websocket ",
                                "failed to parse JSON-RPC message from exec-server stdio: "));
        };
    }

    @Override
    public String toString() {
        return title;
    }
}
