package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A terminal as a person has one: a pane of a tmux server of its own, with keys and a screen. Closing ends the server. */
final class TmuxPane implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SESSION = "test";

    private final Path socket;

    private TmuxPane(Path socket) {
        this.socket = socket;
    }

    static boolean isInstalled() {
        try {
            return new ProcessBuilder("tmux", "-V")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    /**
     * Opens one with a plain shell whose prompt is {@code here$}.
     *
     * @param scratch absolute and short: a socket will be in it
     */
    static TmuxPane open(Path scratch, Map<String, String> variables, int rows, int columns) throws Exception {
        TmuxPane pane = new TmuxPane(scratch.resolve("tmux"));
        List<String> command = new ArrayList<>(List.of("-f", "/dev/null", "new-session", "-d", "-s", SESSION));
        command.addAll(List.of("-x", Integer.toString(columns), "-y", Integer.toString(rows)));
        variables.forEach((name, value) -> command.addAll(List.of("-e", name + "=" + value)));
        command.add("exec /bin/sh -i");
        pane.tmux(command.toArray(String[]::new));
        pane.awaitPromptAndCallIt("here$");
        return pane;
    }

    /** Waits for the prompt of a shell, whatever it looks like, and gives it another one. */
    void awaitPromptAndCallIt(String prompt) throws Exception {
        awaitScreen("[#$] *$");
        enter("PS1='" + prompt + " '; clear");
        awaitScreen("^" + Pattern.quote(prompt) + " *$");
    }

    /** Types text, as it is. */
    void type(String text) throws Exception {
        tmux("send-keys", "-t", SESSION, "-l", "--", text);
    }

    /** Presses keys by tmux's names for them, such as Enter, Escape and C-c. */
    void press(String... keys) throws Exception {
        List<String> command = new ArrayList<>(List.of("send-keys", "-t", SESSION));
        command.addAll(List.of(keys));
        tmux(command.toArray(String[]::new));
    }

    /** Types a line and Enter. */
    void enter(String line) throws Exception {
        type(line);
        press("Enter");
    }

    /** Makes the pane so large. */
    void resize(int rows, int columns) throws Exception {
        tmux("resize-window", "-t", SESSION, "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /** What is to be seen, without blanks at the ends of lines. */
    String screen() throws Exception {
        return tmux("capture-pane", "-p", "-t", SESSION);
    }

    /** Waits until some line on the screen looks like this. */
    void awaitScreen(String line) {
        Pattern pattern = Pattern.compile(line, Pattern.MULTILINE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(screen()).containsPattern(pattern));
    }

    /** Waits until no line on the screen looks like this any more. */
    void awaitGone(String line) {
        Pattern pattern = Pattern.compile(line, Pattern.MULTILINE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(screen()).doesNotContainPattern(pattern));
    }

    private String tmux(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("TMUX");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
        return output;
    }

    @Override
    public void close() throws Exception {
        tmux("kill-server");
    }
}
