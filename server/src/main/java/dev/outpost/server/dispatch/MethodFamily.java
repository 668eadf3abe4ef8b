package dev.outpost.server.dispatch;

/** What a method belongs to, which decides when it may be called and how a refusal calls it (spec W43, W45, N52, N53). */
enum MethodFamily {
    /** {@code initialize}, once per connection. */
    SESSION("session"),
    /** {@code process/*}. */
    EXEC("exec"),
    /** {@code fs/*}. */
    FILESYSTEM("filesystem"),
    /** {@code http/request}. */
    HTTP("http"),
    /** {@code environment/info}. */
    ENVIRONMENT_INFO("environment info"),
    /** {@code environment/status}. */
    ENVIRONMENT_STATUS("environment status");

    private final String wireName;

    MethodFamily(String wireName) {
        this.wireName = wireName;
    }

    /** What it is called in an error text. */
    String wireName() {
        return wireName;
    }
}
