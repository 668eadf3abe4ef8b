package dev.outpost.executor;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * A logger that is looked up when something is logged first. {@link System#getLogger} opens every jar of the class path
 * to find out who logs, which no start should wait for. Safe from any thread.
 */
public final class LazyLogger implements System.Logger {
    private final String name;
    private volatile System.@Nullable Logger found;

    private LazyLogger(String name) {
        this.name = name;
    }

    /** The logger with the name of this class. */
    public static System.Logger of(Class<?> owner) {
        return new LazyLogger(owner.getName());
    }

    private System.Logger found() {
        System.Logger logger = found;
        if (logger == null) {
            logger = System.getLogger(name);
            found = logger;
        }
        return logger;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return found().isLoggable(level);
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        found().log(level, bundle, message, thrown);
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
        found().log(level, bundle, format, parameters);
    }
}
