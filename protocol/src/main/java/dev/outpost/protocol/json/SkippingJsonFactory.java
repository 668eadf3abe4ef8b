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
        private final PlainRun plain = new PlainRun();

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

        /** The longest plain part that is known; to be added to by whoever finds a longer one. */
        PlainRun plain() {
            return plain;
        }

        /** See {@link JsonText#plainEnd}. */
        int plainEnd(int from) {
            int known = plain.endOf(from);
            if (known >= 0) {
                return known;
            }
            int to = JsonText.plainEnd(_inputBuffer, from, _inputEnd);
            plain.see(from, to);
            return to;
        }

        /** Jackson's own goes on where nothing plain is left. */
        @Override
        protected void _skipString() {
            _inputPtr = plainEnd(_inputPtr);
            super._skipString();
        }
    }
}
