package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.Base64;

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
        byte[] decoded = new byte[decodedSize(text)];
        decode(text, decoded, 0);
        return decoded;
    }

    /**
     * Decodes ASCII text over itself, from its first byte on, and returns the number of bytes. What is left of the text, and
     * all of it after a failure, is of no use any more.
     */
    static int decodeInPlace(JsonSlice text) throws RpcException {
        return decode(text, text.bytes(), text.start());
    }

    /** How many bytes a text stands for, if it is good. */
    private static int decodedSize(JsonSlice text) {
        byte[] bytes = text.bytes();
        int end = text.end();
        int length = end - text.start();
        int padding = length < 2 || bytes[end - 1] != '=' ? 0 : bytes[end - 2] != '=' ? 1 : 2;
        return Math.max(0, length / 4 * 3 - padding);
    }

    /** Decodes block by block; the target may be the text itself, of which no more is overwritten than was decoded. */
    private static int decode(JsonSlice text, byte[] target, int from) throws RpcException {
        byte[] bytes = text.bytes();
        int start = text.start();
        int end = text.end();
        if ((end - start) % 4 != 0 || !hasCanonicalEnd(text)) {
            throw Mismatch.invalid(reason(bytes, start, start, end - start));
        }
        int expected = decodedSize(text);
        byte[] fullBlock = new byte[Math.min(BLOCK, end - start)];
        byte[] decoded = new byte[fullBlock.length / 4 * 3];
        int size = 0;
        for (int at = start; at < end; at += BLOCK) {
            int count = Math.min(BLOCK, end - at);
            // The JDK decodes whole arrays only.
            byte[] block = count == fullBlock.length ? fullBlock : new byte[count];
            System.arraycopy(bytes, at, block, 0, count);
            int got;
            try {
                got = Base64.getDecoder().decode(block, decoded);
            } catch (IllegalArgumentException _) {
                throw Mismatch.invalid(reason(bytes, at, start, end - start));
            }
            if (got != Math.min(count / 4 * 3, expected - size)) { // Padding before the end.
                throw Mismatch.invalid(reason(bytes, at, start, end - start));
            }
            System.arraycopy(decoded, 0, target, from + size, got);
            size += got;
        }
        return size;
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

    /**
     * What is wrong: first a bad symbol before the last group of four, then the last group from its start.
     *
     * @param from where nothing is wrong before; a multiple of four from the start
     */
    private static String reason(byte[] bytes, int from, int start, int length) {
        int tail = Math.max(0, length - 1) / 4 * 4;
        if (length % 4 == 1 && bytes[start + length - 1] != '=' && symbol(bytes[start + length - 1]) < 0) {
            return invalidSymbol(bytes, start, length - 1);
        }
        for (int i = from - start; i < tail; i++) {
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
