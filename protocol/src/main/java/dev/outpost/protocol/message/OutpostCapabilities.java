package dev.outpost.protocol.message;

import dev.outpost.executor.Extension;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.core.JsonToken;

/**
 * What only an Outpost server can: the member {@code outpost} of its capabilities (spec N69), each {@code true}. Its
 * presence alone says that messages above the limit are refused politely (spec N14d).
 *
 * @param outputCredit whether it knows {@code outputWindow} and {@code process/credit}
 * @param extensions what the executor behind it can do
 */
public record OutpostCapabilities(boolean outputCredit, Set<Extension> extensions) {
    private static final String OUTPUT_CREDIT = "outputCredit";

    /** Copies the set. */
    public OutpostCapabilities {
        extensions = Set.copyOf(extensions);
    }

    void writeTo(JsonOutput out) {
        out.raw("{");
        String separator = "";
        if (outputCredit) {
            out.string(OUTPUT_CREDIT).raw(":true");
            separator = ",";
        }
        for (Extension extension : Extension.values()) {
            if (extensions.contains(extension)) {
                out.raw(separator).string(name(extension)).raw(":true");
                separator = ",";
            }
        }
        out.raw("}");
    }

    /** What another server can; what can't be decoded it can't. */
    static OutpostCapabilities decode(JsonSlice value) {
        boolean outputCredit = false;
        Set<Extension> extensions = EnumSet.noneOf(Extension.class);
        try (JsonReader in = JsonReader.at(value)) {
            if (in.token() == JsonToken.START_OBJECT) {
                while (in.next() == JsonToken.PROPERTY_NAME) {
                    String name = in.text();
                    boolean can = in.next() == JsonToken.VALUE_TRUE;
                    outputCredit |= can && name.equals(OUTPUT_CREDIT);
                    for (Extension extension : Extension.values()) {
                        if (can && name.equals(name(extension))) {
                            extensions.add(extension);
                        }
                    }
                    in.leaveTo(1);
                }
            }
        }
        return new OutpostCapabilities(outputCredit, extensions);
    }

    private static String name(Extension extension) {
        return switch (extension) {
            case PROCESS_RESIZE -> "processResize";
            case PROCESS_CLOSE_STDIN -> "processCloseStdin";
            case TERMINAL_SIZE -> "terminalSize";
        };
    }
}
