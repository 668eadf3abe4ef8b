package dev.outpost.transport.websocket;

import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.Utf8Validator;
import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.util.Arrays;

/**
 * Bytes in, messages out: RFC 6455 framing of one direction of a connection (spec W13–W15). Frames are streamed: a
 * frame of any announced length takes no more memory than what has arrived of it, and the rest of a message above the
 * limit is skipped (spec N14d). For one thread.
 */
final class MessageDecoder {
    /** What was found. */
    enum Found {
        /** All bytes given are used up. */
        NOTHING,
        /** A whole message, in the message buffer. */
        MESSAGE,
        /** The beginning of an oversized message, in the message buffer; the rest will be skipped. */
        OVERSIZED,
        /** A ping; {@link #controlPayload} is to be sent back. */
        PING,
        /** A pong. */
        PONG,
        /** The peer wants to end. */
        CLOSE
    }

    private static final int MAX_CONTROL_PAYLOAD = 125;

    private final boolean masked;
    private final MessageBuffer message;
    private final Utf8Validator utf8 = new Utf8Validator();

    // The frame under way.
    private final byte[] header = new byte[14];
    private int headerSize;
    private int headerLength = 2;
    private boolean insideFrame;
    private boolean last;
    private int opcode;
    private int maskingKey;
    private long position;
    private long remaining;

    // The message under way.
    private boolean insideMessage;
    private boolean text;
    private boolean skipping;

    private final byte[] control = new byte[MAX_CONTROL_PAYLOAD];
    private int controlSize;

    /**
     * @param masked whether the peer is a client, which must mask its frames; a server must not
     * @param message where messages are gathered; whoever gets one takes or clears it before going on
     */
    MessageDecoder(boolean masked, MessageBuffer message) {
        this.masked = masked;
        this.message = message;
    }

    /**
     * Reads on until something is found or the bytes are used up.
     *
     * @throws ProtocolException if the peer broke the protocol; the decoder must not be used any more
     */
    Found next(ByteBuf in) throws ProtocolException {
        while (true) {
            if (!insideFrame && !readHeader(in)) {
                return Found.NOTHING;
            }
            Found found = opcode >= Opcode.CLOSE ? readControl(in) : readData(in);
            if (found != Found.NOTHING || insideFrame) {
                return found;
            }
        }
    }

    /** Whether the bytes ended inside the payload of a frame. */
    boolean insideFrame() {
        return insideFrame;
    }

    /** The payload of the control frame just found. */
    byte[] controlPayload() {
        return Arrays.copyOf(control, controlSize);
    }

    private boolean readHeader(ByteBuf in) throws ProtocolException {
        if (!fillHeader(in)) {
            return false;
        }
        if (headerLength == 2) {
            headerLength = checkFirstBytes();
            if (!fillHeader(in)) {
                return false;
            }
        }
        int at = 2;
        long length = header[1] & 0x7F;
        if (length >= 126) {
            int bytes = length == 126 ? 2 : 8;
            length = 0;
            for (; at < 2 + bytes; at++) {
                length = (length << 8) + (header[at] & 0xFF);
            }
            if (length < 0) {
                throw new ProtocolException("WebSocket frame with a length above 2^63-1");
            }
        }
        maskingKey = 0;
        if (masked) {
            for (int i = 3; i >= 0; i--) {
                maskingKey = (maskingKey << 8) + (header[at + i] & 0xFF);
            }
        }
        beginFrame(length);
        return true;
    }

    private boolean fillHeader(ByteBuf in) {
        int count = Math.min(headerLength - headerSize, in.readableBytes());
        in.readBytes(header, headerSize, count);
        headerSize += count;
        return headerSize == headerLength;
    }

    /** Checks all that the first two bytes tell, and returns the length of the whole header. */
    private int checkFirstBytes() throws ProtocolException {
        last = header[0] < 0;
        opcode = header[0] & 0x0F;
        int length = header[1] & 0x7F;
        if ((header[0] & 0x70) != 0) {
            throw new ProtocolException("WebSocket frame with a reserved bit");
        }
        if (header[1] < 0 != masked) {
            throw new ProtocolException(masked ? "unmasked WebSocket frame" : "masked WebSocket frame");
        }
        switch (opcode) {
            case Opcode.CONTINUATION -> {
                if (!insideMessage) {
                    throw new ProtocolException("WebSocket continuation of nothing");
                }
            }
            case Opcode.TEXT, Opcode.BINARY -> {
                if (insideMessage) {
                    throw new ProtocolException("WebSocket message inside another");
                }
            }
            case Opcode.CLOSE, Opcode.PING, Opcode.PONG -> {
                if (!last || length > MAX_CONTROL_PAYLOAD) {
                    throw new ProtocolException("fragmented or too long WebSocket control frame");
                }
            }
            default -> throw new ProtocolException("WebSocket frame with reserved opcode " + opcode);
        }
        int extended = length == 127 ? 8 : length == 126 ? 2 : 0;
        return 2 + extended + (masked ? 4 : 0);
    }

    private void beginFrame(long length) {
        headerSize = 0;
        headerLength = 2;
        insideFrame = true;
        position = 0;
        remaining = length;
        if (opcode >= Opcode.CLOSE) {
            controlSize = 0;
        } else if (!insideMessage) {
            insideMessage = true;
            text = opcode == Opcode.TEXT;
            utf8.reset();
        }
    }

    private Found readControl(ByteBuf in) {
        int arrived = (int) Math.min(remaining, in.readableBytes());
        in.readBytes(control, controlSize, arrived);
        controlSize += arrived;
        remaining -= arrived;
        if (remaining > 0) {
            return Found.NOTHING;
        }
        insideFrame = false;
        Masking.apply(control, 0, controlSize, maskingKey, 0);
        return switch (opcode) {
            case Opcode.PING -> Found.PING;
            case Opcode.PONG -> Found.PONG;
            default -> Found.CLOSE;
        };
    }

    private Found readData(ByteBuf in) throws ProtocolException {
        int arrived = (int) Math.min(remaining, in.readableBytes());
        if (skipping) {
            in.skipBytes(arrived);
            remaining -= arrived;
        } else if (keep(in, arrived) < arrived) {
            skipping = true;
            return Found.OVERSIZED;
        }
        if (remaining > 0) {
            return Found.NOTHING;
        }
        insideFrame = false;
        if (!last) {
            return Found.NOTHING;
        }
        insideMessage = false;
        if (skipping) {
            skipping = false;
            return Found.NOTHING;
        }
        if (text && !utf8.complete()) {
            throw new ProtocolException("WebSocket text message that ends inside a UTF-8 character");
        }
        return Found.MESSAGE;
    }

    private int keep(ByteBuf in, int arrived) throws ProtocolException {
        int kept = 0;
        while (kept < arrived) {
            int left = arrived - kept;
            int count = message.reserve(left, last ? remaining - left : Long.MAX_VALUE);
            if (count == 0) {
                break;
            }
            byte[] bytes = message.array();
            int from = message.position();
            in.readBytes(bytes, from, count);
            if (masked) {
                Masking.apply(bytes, from, count, maskingKey, position);
            }
            if (text && !utf8.accept(bytes, from, count)) {
                throw new ProtocolException("WebSocket text message that is not UTF-8");
            }
            message.advance(count);
            position += count;
            remaining -= count;
            kept += count;
        }
        return kept;
    }
}
