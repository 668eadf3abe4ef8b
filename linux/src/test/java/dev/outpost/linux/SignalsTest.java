package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.linux.spawn.ChildProcess;
import org.junit.jupiter.api.Test;

final class SignalsTest {
    @Test
    void signalsOneProcess() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            assertThat(Signals.kill(child.pid(), 0)).isZero();
            assertThat(Signals.kill(child.pid(), Signals.SIGTERM)).isZero();
            assertThat(child.await()).isEqualTo(new WaitStatus.Signaled(Signals.SIGTERM));
        }
    }

    @Test
    void signalsAWholeGroup() throws Exception {
        // The output ends only when both have gone.
        try (ChildProcess child = ChildProcess.start("/bin/sh", "-c", "sleep 1000 & echo started; sleep 1000")) {
            assertThat(child.readLine()).isEqualTo("started");
            assertThat(Signals.killGroup(child.pid(), Signals.SIGKILL)).isZero();

            ChildProcess.Result result = child.finish();
            assertThat(result.status()).isEqualTo(new WaitStatus.Signaled(Signals.SIGKILL));
            assertThat(result.text()).isEmpty();
        }
    }

    @Test
    void saysThatThereIsNoneWithThisId() {
        assertThat(Signals.kill(Integer.MAX_VALUE, 0)).isEqualTo(Errno.ESRCH);
        assertThat(Signals.killGroup(Integer.MAX_VALUE, 0)).isEqualTo(Errno.ESRCH);
    }

    @Test
    void refusesWhatWouldReachMoreThanOne() {
        // Signal 0 reaches nobody, should one of these pass.
        assertThatIllegalArgumentException().isThrownBy(() -> Signals.kill(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Signals.kill(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Signals.killGroup(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Signals.killGroup(0, 0));
    }
}
