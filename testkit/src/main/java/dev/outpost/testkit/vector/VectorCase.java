package dev.outpost.testkit.vector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line of a vector file.
 *
 * @param name unique
 * @param requires what the server and the runner must be able to do for the case to apply
 * @param handshake what is done before the first step
 * @param setup what to create below the root; missing if nothing
 * @param steps what is done, in order
 * @param pipeline whether requests are sent without waiting for answers
 * @param expect what the server sends
 * @param strictOrder whether the order of everything in {@code expect} counts
 * @param ignoreOutput whether the content of output notifications is left out of the comparison
 * @param files what to find below the root afterwards; missing if nothing
 */
public record VectorCase(
        String name,
        Set<String> requires,
        Handshake handshake,
        JsonNode setup,
        List<Step> steps,
        boolean pipeline,
        JsonNode expect,
        boolean strictOrder,
        boolean ignoreOutput,
        JsonNode files) {

    /** Names of all vector files. */
    public static final List<String> FILES = List.of("envelope", "session", "process", "filesystem");

    /** What is done on connection {@code a} before the first step. */
    enum Handshake {
        FULL,
        INIT,
        NONE
    }

    /**
     * Reads a vector file.
     *
     * @param file such as {@code process}, without folder and extension
     */
    public static List<VectorCase> load(String file) {
        String resource = "/vectors/" + file + ".jsonl";
        try (InputStream in = Objects.requireNonNull(VectorCase.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(JsonMapper.shared()::readTree)
                    .map(VectorCase::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of the messages that are sent, without their framing. */
    public Stream<byte[]> messages() {
        return steps.stream().flatMap(step -> switch (step) {
            case Step.Send(String _, JsonNode message) ->
                Stream.of(message.toString().getBytes(StandardCharsets.UTF_8));
            case Step.Raw(String _, String text) -> Stream.of(text.getBytes(StandardCharsets.UTF_8));
            case Step.Binary(String _, String base64) ->
                Stream.of(Base64.getDecoder().decode(base64));
            case Step.Fragments _, Step.Ping _, Step.Sleep _, Step.WaitClosed _, Step.Close _ -> Stream.empty();
        });
    }

    private static VectorCase parse(JsonNode line) {
        return new VectorCase(
                line.get("case").asString(),
                line.path("requires").valueStream().map(JsonNode::asString).collect(Collectors.toSet()),
                Handshake.valueOf(line.path("handshake").asString("full").toUpperCase(Locale.ROOT)),
                line.path("setup"),
                line.get("send").valueStream().map(Step::parse).toList(),
                line.path("pipeline").asBoolean(false),
                line.get("expect"),
                line.path("strictOrder").asBoolean(false),
                line.path("ignoreOutput").asBoolean(false),
                line.path("verify").path("files"));
    }

    @Override
    public String toString() {
        return name;
    }
}
