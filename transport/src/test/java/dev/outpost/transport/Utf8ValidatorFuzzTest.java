package dev.outpost.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.Wire;

/** The validator agrees with the JDK's decoder, wherever the bytes are cut. */
@Spec({"W15", "W19"})
class Utf8ValidatorFuzzTest extends FuzzContract {
    @Override
    protected void check(byte[] input) {
        boolean soFar = Wire.isUtf8(input, false);
        boolean whole = Wire.isUtf8(input, true);
        int step = 1 + input.length / 32;
        for (int cut = 0; cut <= input.length; cut += step) {
            Utf8Validator validator = new Utf8Validator();
            boolean accepted = validator.accept(input, 0, cut) && validator.accept(input, cut, input.length - cut);
            assertThat(accepted).as("cut at %d", cut).isEqualTo(soFar);
            if (accepted) {
                assertThat(validator.complete()).as("cut at %d", cut).isEqualTo(whole);
            }
        }
    }
}
