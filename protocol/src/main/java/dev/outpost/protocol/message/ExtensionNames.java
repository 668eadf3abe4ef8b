package dev.outpost.protocol.message;

import dev.outpost.executor.Extension;

/** What the extensions are called in {@code environmentInfo.capabilities.outpost}. */
final class ExtensionNames {
    private ExtensionNames() {}

    static String of(Extension extension) {
        return switch (extension) {
            case PROCESS_RESIZE -> "processResize";
            case PROCESS_CLOSE_STDIN -> "processCloseStdin";
            case TERMINAL_SIZE -> "terminalSize";
        };
    }
}
