package dev.outpost.protocol.message;

import dev.outpost.executor.process.TerminalSize;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.jsonrpc.RpcException;

/** Reads {@code {"rows":R,"cols":C}}, as Codex's app-server writes a size. */
final class TerminalSizeDecoder {
    private static final Field<Long> ROWS = Field.required("rows", in -> Decoders.unsigned(in, "u16"));
    private static final Field<Long> COLUMNS = Field.required("cols", in -> Decoders.unsigned(in, "u16"));
    private static final Shape SHAPE = new Shape("struct TerminalSize", 2, ROWS, COLUMNS);

    private TerminalSizeDecoder() {}

    static TerminalSize decode(JsonReader in) throws RpcException {
        Values values = SHAPE.decode(in);
        return new TerminalSize(inRange(values.get(ROWS)), inRange(values.get(COLUMNS)));
    }

    private static int inRange(long characters) throws RpcException {
        if (characters < 1 || characters > TerminalSize.LARGEST) {
            throw Mismatch.invalidValue("integer `" + characters + "`", "1 to " + TerminalSize.LARGEST);
        }
        return (int) characters;
    }
}
