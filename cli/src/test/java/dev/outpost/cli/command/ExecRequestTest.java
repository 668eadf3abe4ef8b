package dev.outpost.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The reader without picocli beside the one with it. */
class ExecRequestTest {
    private static List<String> words(String line) {
        return List.of(line.split(" "));
    }

    private static ExecRequest thoroughly(List<String> words) {
        CommandLine line = new CommandLine(new ExecCommand().spec()).setExpandAtFiles(false);
        return ExecCommand.request(line.parseArgs(words.toArray(String[]::new)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "-- true",
                "-e box -- make -j8",
                "--environment box make -j8 -e other",
                "--environment=ws://127.0.0.1:1 -- ls -- -l",
                "-t -- -- x",
                "--tty sh -c -- -t",
                "--cwd /a -e local --ignore-user-config -t --env A=1 --env=B=2=3 --env A= -- env",
                "--cwd= --environment= x",
                "-- @file ${HOME} \"quoted\"",
                "x=y",
            })
    void findsWhatPicocliFinds(String line) {
        assertThat(ExecRequest.read(words(line))).isNotNull().isEqualTo(thoroughly(words(line)));
    }

    @Test
    void findsEverything() {
        assertThat(ExecRequest.read(
                        words("-e box --cwd d -t --env A=1 --env B=2=3 --ignore-user-config -- make -j8 -- x")))
                .isEqualTo(new ExecRequest(
                        new EnvironmentsOption("box", true),
                        "d",
                        Map.of("A", "1", "B", "2=3"),
                        true,
                        List.of("make", "-j8", "--", "x")));
    }

    /** Help, mistakes and forms that are rare. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--",
                "-e box",
                "-e box --",
                "-h",
                "--help x",
                "-e",
                "-e -t x",
                "-ebox x",
                "-e=box x",
                "-te box x",
                "-e a -e b x",
                "-t --tty x",
                "--tty=true x",
                "--env A x",
                "--env =1 x",
                "--unknown x",
                "--cwd",
                "- x",
            })
    void leavesTheRestToPicocli(String line) {
        assertThat(ExecRequest.read(words(line))).isNull();
    }
}
