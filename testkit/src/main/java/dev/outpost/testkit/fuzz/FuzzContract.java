package dev.outpost.testkit.fuzz;

import dev.outpost.testkit.vector.VectorCase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A property that must hold for every input, tried with three kinds of them: those kept in {@code fuzz/TEST.txt} (see
 * {@link Corpus}), in which every input that ever failed belongs; as many random mutations of them as {@code
 * outpost.fuzz.mutations} says, always the same ones unless {@code outpost.fuzz.seed} is given; and, for {@code
 * outpost.fuzz.seconds}, what Jazzer finds by watching which code is reached.
 *
 * <p>A subclass needs a constructor without parameters, because Jazzer makes an instance in a JVM of its own.
 */
public abstract class FuzzContract {
    /** Where the length of the long run is given, in seconds; without it there is none. */
    static final String SECONDS = "outpost.fuzz.seconds";

    private static final int MUTATIONS = Integer.getInteger("outpost.fuzz.mutations", 4_000);
    private static final long SEED = Long.getLong("outpost.fuzz.seed", 1);

    /** Tries one input. Whatever it throws is a finding. */
    protected abstract void check(byte[] input) throws Exception;

    /** Inputs besides those of the file. */
    protected List<byte[]> moreInputs() {
        return List.of();
    }

    /** For {@link #moreInputs}: all messages of all recordings. */
    protected static List<byte[]> recordedMessages() {
        return VectorCase.FILES.stream()
                .flatMap(file -> VectorCase.load(file).stream())
                .flatMap(VectorCase::messages)
                .toList();
    }

    @Test
    void keptInputsPass() {
        for (byte[] input : inputs()) {
            tryOut(input);
        }
    }

    @Test
    void mutatedInputsPass() {
        Mutator mutator = new Mutator(SEED, inputs(), words());
        for (int i = 0; i < MUTATIONS; i++) {
            tryOut(mutator.next());
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    @EnabledIfSystemProperty(named = SECONDS, matches = "[1-9][0-9]*")
    void inputsFoundByCoveragePass() throws Exception {
        CoverageRun run = new CoverageRun(getClass(), inputs(), words());
        run.run(Integer.getInteger(SECONDS));
    }

    private List<byte[]> inputs() {
        List<byte[]> inputs = new ArrayList<>(Corpus.inputs(getClass()));
        inputs.add(new byte[0]);
        inputs.addAll(moreInputs());
        return inputs;
    }

    private List<byte[]> words() {
        return Corpus.words(getClass());
    }

    private void tryOut(byte[] input) {
        try {
            check(input);
        } catch (Exception | AssertionError | StackOverflowError e) {
            throw new AssertionError(
                    "failed for an input; once it is fixed, add this line to " + Corpus.file(getClass()) + ":\n"
                            + Corpus.line(input),
                    e);
        }
    }
}
