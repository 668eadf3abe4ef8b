package dev.outpost.cli;

import org.jspecify.annotations.Nullable;

/** The flags of {@code exec-server}: the one table that both readers of the command line and the help use. */
enum ExecServerFlag {
    LISTEN(
            "--listen",
            "URL",
            false,
            "Where to listen: ws://IP:PORT (port 0: any free one), unix://PATH, or stdio for one client over stdin and"
                    + " stdout. Default: " + ListenUrl.DEFAULT + "."),
    ALLOW_ORIGIN(
            "--allow-origin",
            "ORIGIN",
            true,
            "Accept requests with this Origin header, such as https://tool.example; repeatable. Without it every request"
                    + " that has an Origin, and so every web page, is refused."),
    ALLOW_UNAUTHENTICATED(
            "--allow-unauthenticated",
            null,
            false,
            "Listen on an address that other machines can reach although clients are not authenticated. Whoever can"
                    + " connect runs commands as you."),
    SESSION_TTL(
            "--session-ttl",
            "DURATION",
            false,
            "How long the processes of a client live after its connection broke, so that it can come back."
                    + " Default: 60s."),
    MAX_MESSAGE_SIZE(
            "--max-message-size",
            "SIZE",
            false,
            "The largest message a client may send; a larger one is answered with an error. Default: 256MiB."),
    RETAINED_OUTPUT(
            "--retained-output",
            "SIZE",
            false,
            "Output kept in memory per process. At half of it a process waits until a client has taken what it wrote; the"
                    + " other half is for what was taken last. Default: 16MiB."),
    RETAINED_OUTPUT_TOTAL(
            "--retained-output-total",
            "SIZE",
            false,
            "Output kept in memory for all processes together. Default: 512MiB, or a quarter of the heap if that is"
                    + " less."),
    CONCURRENT_REQUESTS(
            "--concurrent-requests",
            "COUNT",
            false,
            "Accepted for compatibility, without effect: Outpost always works on the requests of a connection"
                    + " concurrently."),
    SANDBOX(
            "--sandbox",
            "MODE",
            false,
            "Who keeps sandboxed commands and file operations to their permissions: enforce (Outpost does) or external"
                    + " (this machine is the sandbox already, so Outpost does not). Default: enforce."),
    LOG_LEVEL(
            "--log-level",
            "LEVEL",
            false,
            "What is logged on stderr: error, warning, info, debug or trace. Default: info.");

    private final String option;
    private final @Nullable String label;
    private final boolean repeatable;
    private final String description;

    ExecServerFlag(String option, @Nullable String label, boolean repeatable, String description) {
        this.option = option;
        this.label = label;
        this.repeatable = repeatable;
        this.description = description;
    }

    /** As it is written, with its dashes. */
    String option() {
        return option;
    }

    /** What its value is called, or null if it takes none. */
    @Nullable String label() {
        return label;
    }

    /** Whether it may be given more than once. */
    boolean isRepeatable() {
        return repeatable;
    }

    /** For the help, without line breaks. */
    String description() {
        return description;
    }
}
