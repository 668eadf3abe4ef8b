package dev.outpost.executor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LazyLoggerTest {
    @Test
    void isTheLoggerOfItsClass() {
        System.Logger logger = LazyLogger.of(LazyLoggerTest.class);
        System.Logger same = System.getLogger(LazyLoggerTest.class.getName());
        assertThat(logger.getName()).isEqualTo(same.getName());
        for (System.Logger.Level level : System.Logger.Level.values()) {
            assertThat(logger.isLoggable(level)).as(level.getName()).isEqualTo(same.isLoggable(level));
        }
    }
}
