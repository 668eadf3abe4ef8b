package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;

/** What the tests of messages share: parameters as they come out of a whole message, failures, written results. */
final class Parameters {
    private Parameters() {}

    static JsonSlice json(String params) {
        byte[] message = ("{\"id\":1,\"method\":\"m\",\"params\":" + params + "}").getBytes(UTF_8);
        IncomingMessage parsed = IncomingMessage.parse(message, message.length);
        assertThat(parsed).isInstanceOf(IncomingMessage.Request.class);
        return ((IncomingMessage.Request) parsed).params();
    }

    interface Decoding {
        Object decode(JsonSlice params) throws RpcException;
    }

    static void assertInvalid(Decoding decoding, String params, String message) {
        assertFailure(decoding, json(params), ErrorCode.INVALID_PARAMS, message);
    }

    static void assertFailure(Decoding decoding, JsonSlice params, ErrorCode code, String message) {
        RpcException failure = catchThrowableOfType(RpcException.class, () -> decoding.decode(params));
        assertThat(failure).as("failure of %s", params).isNotNull().hasMessage(message);
        assertThat(failure.code()).isEqualTo(code);
    }

    static String written(Result result) {
        JsonOutput out = new JsonOutput();
        result.writeTo(out);
        return text(out);
    }

    static String text(JsonOutput out) {
        return new String(out.array(), 0, out.size(), UTF_8);
    }
}
