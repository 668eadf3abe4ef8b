package dev.outpost.protocol.message;

import dev.outpost.executor.process.TerminalSize;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.jsonrpc.RpcException;

/** Reads and writes {@code {"rows":R,"cols":C}}, as Codex's app-server writes a size. */
final class TerminalSizes {
    private static final Field<Long> ROWS = Field.required("rows", in -> Decoders.unsigned(in, "u16"));
    private static final Field<Long> COLUMNS = Field.required("cols", in -> Decoders.unsigned(in, "u16"));
    private static final Shape SHAPE = new Shape("struct TerminalSize", 2, ROWS, COLUMNS);

    private TerminalSizes() {}

    static TerminalSize decode(JsonReader in) throws RpcException {
        Values values = SHAPE.decode(in);
        return new TerminalSize(inRange(values.get(ROWS)), inRange(values.get(COLUMNS)));
    }

    static void write(JsonOutput out, TerminalSize size) {
        out.raw("{\"rows\":").number(size.rows());
        out.raw(",\"cols\":").number(size.columns()).raw("}");
    }

    private static int inRange(long characters) throws RpcException {
        if (characters < 1 || characters > TerminalSize.LARGEST) {
            throw Mismatch.invalidValue("integer `" + characters + "`", "1 to " + TerminalSize.LARGEST);
        }
        return (int) characters;
    }
}
