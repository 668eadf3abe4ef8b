package dev.outpost.protocol.json;

import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.UTF8StreamJsonParser;
import tools.jackson.core.sym.ByteQuadsCanonicalizer;

/**
 * Makes parsers that skip strings eight bytes at a time. Jackson's own take a byte at a time, which for the contents of
 * a large file, skipped twice, takes longer than all the rest of writing it.
 */
final class SkippingJsonFactory extends JsonFactory {
    private static final long serialVersionUID = 1L;

    SkippingJsonFactory(JsonFactoryBuilder builder) {
        super(builder);
    }

    /** A parser of the bytes from {@code start} (inclusive) to {@code end} (exclusive). */
    Parser parser(byte[] bytes, int start, int end) {
        return (Parser) createParser(ObjectReadContext.empty(), bytes, start, end - start);
    }

    @Override
    protected Parser _createParser(
            ObjectReadContext readContext, IOContext context, byte[] data, int offset, int length) {
        return new Parser(
                readContext,
                context,
                readContext.getStreamReadFeatures(_streamReadFeatures),
                readContext.getFormatReadFeatures(_formatReadFeatures),
                _byteSymbolCanonicalizer.makeChild(_factoryFeatures),
                data,
                offset,
                offset + length);
    }

    /** A parser that remembers the longest plain part of a string that it has seen. */
    static final class Parser extends UTF8StreamJsonParser {
        private int plainFrom = -1;
        private int plainTo = -1;

        Parser(
                ObjectReadContext readContext,
                IOContext context,
                int streamReadFeatures,
                int formatReadFeatures,
                ByteQuadsCanonicalizer symbols,
                byte[] data,
                int start,
                int end) {
            super(
                    readContext,
                    context,
                    streamReadFeatures,
                    formatReadFeatures,
                    null,
                    symbols,
                    data,
                    start,
                    end,
                    0,
                    false);
        }

        /** See {@link JsonText#plainEnd}. */
        int plainEnd(int from) {
            if (from == plainFrom) {
                return plainTo;
            }
            int to = JsonText.plainEnd(_inputBuffer, from, _inputEnd);
            if (to - from > plainTo - plainFrom) {
                plainFrom = from;
                plainTo = to;
            }
            return to;
        }

        /** Remembers what another parser found in the same message. */
        void remember(JsonSlice slice) {
            plainFrom = slice.plainFrom();
            plainTo = slice.plainTo();
        }

        /** The slice, with what this parser remembers. */
        JsonSlice slice(int start, int end) {
            return plainFrom >= start && plainTo <= end
                    ? new JsonSlice(_inputBuffer, start, end, plainFrom, plainTo)
                    : new JsonSlice(_inputBuffer, start, end);
        }

        /** Jackson's own goes on where nothing plain is left. */
        @Override
        protected void _skipString() {
            _inputPtr = plainEnd(_inputPtr);
            super._skipString();
        }
    }
}
