package dev.outpost.transport.websocket;

import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.FormattingTuple;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.MessageFormatter;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Sends Netty's log to {@link System.Logger}. Left alone, Netty looks for three libraries that aren't there and then loads
 * {@code java.util.logging}.
 */
final class NettyLogging extends AbstractInternalLogger {
    private static final long serialVersionUID = 1L;

    /** For {@link InternalLoggerFactory#setDefaultFactory}. */
    static final InternalLoggerFactory FACTORY = new InternalLoggerFactory() {
        @Override
        protected InternalLogger newInstance(String name) {
            return new NettyLogging(name);
        }
    };

    private final transient System.Logger log;

    private NettyLogging(String name) {
        super(name);
        log = System.getLogger(name);
    }

    private void write(Level level, FormattingTuple message) {
        log.log(level, message.getMessage(), message.getThrowable());
    }

    @Override
    public boolean isTraceEnabled() {
        return log.isLoggable(Level.TRACE);
    }

    @Override
    public void trace(@Nullable String message) {
        log.log(Level.TRACE, message);
    }

    @Override
    public void trace(String format, @Nullable Object argument) {
        if (log.isLoggable(Level.TRACE)) {
            write(Level.TRACE, MessageFormatter.format(format, argument));
        }
    }

    @Override
    public void trace(String format, @Nullable Object first, @Nullable Object second) {
        if (log.isLoggable(Level.TRACE)) {
            write(Level.TRACE, MessageFormatter.format(format, first, second));
        }
    }

    @Override
    public void trace(String format, @Nullable Object... arguments) {
        if (log.isLoggable(Level.TRACE)) {
            write(Level.TRACE, MessageFormatter.arrayFormat(format, arguments));
        }
    }

    @Override
    public void trace(@Nullable String message, @Nullable Throwable thrown) {
        log.log(Level.TRACE, message, thrown);
    }

    @Override
    public boolean isDebugEnabled() {
        return log.isLoggable(Level.DEBUG);
    }

    @Override
    public void debug(@Nullable String message) {
        log.log(Level.DEBUG, message);
    }

    @Override
    public void debug(String format, @Nullable Object argument) {
        if (log.isLoggable(Level.DEBUG)) {
            write(Level.DEBUG, MessageFormatter.format(format, argument));
        }
    }

    @Override
    public void debug(String format, @Nullable Object first, @Nullable Object second) {
        if (log.isLoggable(Level.DEBUG)) {
            write(Level.DEBUG, MessageFormatter.format(format, first, second));
        }
    }

    @Override
    public void debug(String format, @Nullable Object... arguments) {
        if (log.isLoggable(Level.DEBUG)) {
            write(Level.DEBUG, MessageFormatter.arrayFormat(format, arguments));
        }
    }

    @Override
    public void debug(@Nullable String message, @Nullable Throwable thrown) {
        log.log(Level.DEBUG, message, thrown);
    }

    @Override
    public boolean isInfoEnabled() {
        return log.isLoggable(Level.INFO);
    }

    @Override
    public void info(@Nullable String message) {
        log.log(Level.INFO, message);
    }

    @Override
    public void info(String format, @Nullable Object argument) {
        if (log.isLoggable(Level.INFO)) {
            write(Level.INFO, MessageFormatter.format(format, argument));
        }
    }

    @Override
    public void info(String format, @Nullable Object first, @Nullable Object second) {
        if (log.isLoggable(Level.INFO)) {
            write(Level.INFO, MessageFormatter.format(format, first, second));
        }
    }

    @Override
    public void info(String format, @Nullable Object... arguments) {
        if (log.isLoggable(Level.INFO)) {
            write(Level.INFO, MessageFormatter.arrayFormat(format, arguments));
        }
    }

    @Override
    public void info(@Nullable String message, @Nullable Throwable thrown) {
        log.log(Level.INFO, message, thrown);
    }

    @Override
    public boolean isWarnEnabled() {
        return log.isLoggable(Level.WARNING);
    }

    @Override
    public void warn(@Nullable String message) {
        log.log(Level.WARNING, message);
    }

    @Override
    public void warn(String format, @Nullable Object argument) {
        if (log.isLoggable(Level.WARNING)) {
            write(Level.WARNING, MessageFormatter.format(format, argument));
        }
    }

    @Override
    public void warn(String format, @Nullable Object first, @Nullable Object second) {
        if (log.isLoggable(Level.WARNING)) {
            write(Level.WARNING, MessageFormatter.format(format, first, second));
        }
    }

    @Override
    public void warn(String format, @Nullable Object... arguments) {
        if (log.isLoggable(Level.WARNING)) {
            write(Level.WARNING, MessageFormatter.arrayFormat(format, arguments));
        }
    }

    @Override
    public void warn(@Nullable String message, @Nullable Throwable thrown) {
        log.log(Level.WARNING, message, thrown);
    }

    @Override
    public boolean isErrorEnabled() {
        return log.isLoggable(Level.ERROR);
    }

    @Override
    public void error(@Nullable String message) {
        log.log(Level.ERROR, message);
    }

    @Override
    public void error(String format, @Nullable Object argument) {
        if (log.isLoggable(Level.ERROR)) {
            write(Level.ERROR, MessageFormatter.format(format, argument));
        }
    }

    @Override
    public void error(String format, @Nullable Object first, @Nullable Object second) {
        if (log.isLoggable(Level.ERROR)) {
            write(Level.ERROR, MessageFormatter.format(format, first, second));
        }
    }

    @Override
    public void error(String format, @Nullable Object... arguments) {
        if (log.isLoggable(Level.ERROR)) {
            write(Level.ERROR, MessageFormatter.arrayFormat(format, arguments));
        }
    }

    @Override
    public void error(@Nullable String message, @Nullable Throwable thrown) {
        log.log(Level.ERROR, message, thrown);
    }
}
