package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code http/request} (spec W101–W107), decoded but not validated: method, URL and headers are as sent.
 *
 * @param headers in order, repeated names kept
 * @param body null for none
 * @param timeoutMs for the whole exchange, in milliseconds; null for none
 * @param requestId the name of the body stream; required even without one
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record HttpRequestParams(
        String method,
        String url,
        List<Header> headers,
        byte @Nullable [] body,
        @Nullable Long timeoutMs,
        String requestId,
        boolean streamResponse) {
    private static final Field<String> METHOD = Field.required("method", Decoders::string);
    private static final Field<String> URL = Field.required("url", Decoders::string);
    private static final Field<List<Header>> HEADERS =
            Field.withDefault("headers", List.of(), in -> Decoders.list(in, Header::decode));
    private static final Field<byte[]> BODY = Field.optional("bodyBase64", Decoders::base64);
    private static final Field<Long> TIMEOUT_MS = Field.optional("timeoutMs", Decoders::unsigned);
    private static final Field<String> REQUEST_ID = Field.required("requestId", Decoders::string);
    private static final Field<Boolean> STREAM_RESPONSE = Field.withDefault("streamResponse", false, Decoders::bool);
    private static final Shape SHAPE = new Shape(
            "struct HttpRequestParams", 7, METHOD, URL, HEADERS, BODY, TIMEOUT_MS, REQUEST_ID, STREAM_RESPONSE);

    /** Copies the list. */
    public HttpRequestParams {
        headers = List.copyOf(headers);
    }

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static HttpRequestParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        return new HttpRequestParams(
                values.get(METHOD),
                values.get(URL),
                values.get(HEADERS),
                values.find(BODY),
                values.find(TIMEOUT_MS),
                values.get(REQUEST_ID),
                values.get(STREAM_RESPONSE));
    }

    /** A header as sent. */
    public record Header(String name, String value) {
        private static final Field<String> NAME = Field.required("name", Decoders::string);
        private static final Field<String> VALUE = Field.required("value", Decoders::string);
        private static final Shape SHAPE = new Shape("struct HttpHeader", 2, NAME, VALUE);

        private static Header decode(JsonReader in) throws RpcException {
            Values values = SHAPE.decode(in);
            return new Header(values.get(NAME), values.get(VALUE));
        }
    }
}
