package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Base64 with mandatory padding and canonical trailing bits (spec W36). Good input goes through the JDK's intrinsic,
 * which is more lenient; what it should not accept, and the reason, is found afterwards.
 */
final class StandardBase64 {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private StandardBase64() {}

    /** Decodes ASCII text. */
    static byte[] decode(JsonSlice text) throws RpcException {
        int start = text.start();
        int length = text.end() - start;
        if (length % 4 == 0 && hasCanonicalEnd(text)) {
            try {
                ByteBuffer decoded = Base64.getDecoder().decode(ByteBuffer.wrap(text.bytes(), start, length));
                if (decoded.remaining() == decoded.array().length) {
                    return decoded.array();
                }
            } catch (IllegalArgumentException _) {
                // The reason is worked out below, in the reference's words.
            }
        }
        throw Mismatch.invalid(reason(text.bytes(), start, length));
    }

    private static boolean hasCanonicalEnd(JsonSlice text) {
        byte[] bytes = text.bytes();
        int end = text.end();
        if (end - text.start() < 4 || bytes[end - 1] != '=') {
            return true;
        }
        boolean two = bytes[end - 2] == '=';
        int last = symbol(bytes[end - (two ? 3 : 2)]);
        return (last & (two ? 0x0F : 0x03)) == 0;
    }

    /** What is wrong: first a bad symbol before the last group of four, then the last group from its start. */
    private static String reason(byte[] bytes, int start, int length) {
        int tail = Math.max(0, length - 1) / 4 * 4;
        if (length % 4 == 1 && bytes[start + length - 1] != '=' && symbol(bytes[start + length - 1]) < 0) {
            return invalidSymbol(bytes, start, length - 1);
        }
        for (int i = 0; i < tail; i++) {
            if (symbol(bytes[start + i]) < 0) {
                return invalidSymbol(bytes, start, i);
            }
        }
        int symbols = 0;
        int padding = 0;
        for (int i = tail; i < length; i++) {
            if (bytes[start + i] == '=') {
                if (i - tail < 2) {
                    return invalidSymbol(bytes, start, i);
                }
                padding++;
            } else if (padding > 0) {
                return invalidSymbol(bytes, start, tail + symbols);
            } else if (symbol(bytes[start + i]) < 0) {
                return invalidSymbol(bytes, start, i);
            } else {
                symbols++;
            }
        }
        if (symbols < 2) {
            return "Invalid input length: " + (tail + symbols);
        }
        if ((symbols + padding) % 4 != 0) {
            return "Invalid padding";
        }
        int last = tail + symbols - 1;
        return "Invalid last symbol " + (bytes[start + last] & 0xFF) + ", offset " + last + ".";
    }

    private static String invalidSymbol(byte[] bytes, int start, int offset) {
        return "Invalid symbol " + (bytes[start + offset] & 0xFF) + ", offset " + offset + ".";
    }

    private static int symbol(byte b) {
        return b < 0 ? -1 : ALPHABET.indexOf(b);
    }
}
