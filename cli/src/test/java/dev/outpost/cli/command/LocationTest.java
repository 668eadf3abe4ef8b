package dev.outpost.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocationTest {
    @ParameterizedTest
    @CsvSource({
        "build-box:/etc, build-box, /etc",
        "build-box:a:b, build-box, a:b",
        "build-box:, build-box, ''",
        "/etc/a:b, , /etc/a:b",
        "./a:b, , ./a:b",
        "plain, , plain",
        "a b:c, , a b:c",
        "ws://127.0.0.1:7777:/etc, ws://127.0.0.1:7777, /etc",
        "wss://[::1]:7777:rel, wss://[::1]:7777, rel",
        "unix:///run/x.sock:/etc, unix:///run/x.sock, /etc"
    })
    void firstColonEndsTheEnvironment(String text, String environment, String path) {
        assertThat(Location.parse(text)).isEqualTo(new Location(environment, path));
    }
}
