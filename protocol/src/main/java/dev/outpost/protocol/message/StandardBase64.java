package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Base64 with mandatory padding and canonical trailing bits (spec W36). Good input goes through the JDK's intrinsic,
 * which is more lenient; what it should not accept, and the reason, is found afterwards.
 */
final class StandardBase64 {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /**
     * Symbols decoded at a time, a multiple of 4: small enough that the JIT compiler finds the decoder hot, and puts the
     * vectorised one in its place, after some megabytes and not after thousands of large files.
     */
    private static final int BLOCK = 4 * 1024;

    private StandardBase64() {}

    /** Decodes ASCII text. */
    static byte[] decode(JsonSlice text) throws RpcException {
        int start = text.start();
        int length = text.end() - start;
        if (length % 4 == 0 && hasCanonicalEnd(text)) {
            try {
                byte[] decoded = decodeBlocks(text.bytes(), start, length);
                if (decoded != null) {
                    return decoded;
                }
            } catch (IllegalArgumentException _) {
                // The reason is worked out below, in the reference's words.
            }
        }
        throw Mismatch.invalid(reason(text.bytes(), start, length));
    }

    /** Decodes whole groups of four; null if one that is not the last is padded. */
    private static byte @Nullable [] decodeBlocks(byte[] text, int start, int length) {
        int end = start + length;
        int padding = length == 0 || text[end - 1] != '=' ? 0 : text[end - 2] != '=' ? 1 : 2;
        byte[] decoded = new byte[length / 4 * 3 - padding];
        byte[] fullBlock = new byte[Math.min(BLOCK, length)];
        byte[] decodedBlock = new byte[fullBlock.length / 4 * 3];
        int size = 0;
        for (int at = start; at < end; at += fullBlock.length) {
            int count = Math.min(fullBlock.length, end - at);
            // The JDK decodes whole arrays only.
            byte[] block = count == fullBlock.length ? fullBlock : new byte[count];
            System.arraycopy(text, at, block, 0, count);
            int got = Base64.getDecoder().decode(block, decodedBlock);
            if (got != Math.min(count / 4 * 3, decoded.length - size)) {
                return null;
            }
            System.arraycopy(decodedBlock, 0, decoded, size, got);
            size += got;
        }
        return decoded;
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
