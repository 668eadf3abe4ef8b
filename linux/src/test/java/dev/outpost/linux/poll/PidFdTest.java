package dev.outpost.linux.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.spawn.ChildProcess;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PidFdTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 127, 128, 255})
    void reapsAnExitCode(int code) throws Exception {
        assertThat(ChildProcess.run("/bin/sh", "-c", "exit " + code).status()).isEqualTo(new WaitStatus.Exited(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {Signals.SIGHUP, Signals.SIGKILL, Signals.SIGTERM, Signals.SIGSEGV})
    void reapsASignal(int signal) throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            assertThat(child.pidFd().signal(signal)).isZero();
            assertThat(child.await()).isEqualTo(new WaitStatus.Signaled(signal));
        }
    }

    @Test
    void isReadyFromTheEndOnAndReapedOnce() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat");
                Epoll epoll = Epoll.create()) {
            PidFd pidFd = child.pidFd();
            epoll.add(pidFd.descriptor(), Epoll.IN, 1);
            assertThat(epoll.await(0, (token, events) -> {})).isZero();
            assertThat(pidFd.reap()).isNull();

            assertThat(child.finish().status()).isEqualTo(new WaitStatus.Exited(0));
            assertThat(epoll.await(0, (token, events) -> {})).isEqualTo(1);
            assertErrno(Errno.ECHILD, pidFd::reap);
            assertThat(pidFd.signal(Signals.SIGKILL)).isEqualTo(Errno.ESRCH);
        }
    }

    @Test
    void aStoppedChildIsStillRunning() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            assertThat(child.pidFd().signal(Signals.SIGSTOP)).isZero();
            assertThat(child.pidFd().reap()).isNull();
            assertThat(child.pidFd().signal(Signals.SIGCONT)).isZero();
            assertThat(child.pidFd().reap()).isNull();
        }
    }

    @Test
    void aClosedOneSignalsAndReapsNobody() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            PidFd second = PidFd.open(child.pid());
            second.close();
            second.close();

            assertThat(second.signal(Signals.SIGKILL)).isEqualTo(Errno.EBADF);
            assertErrno(Errno.EBADF, second::reap);
            assertThat(child.finish().status()).isEqualTo(new WaitStatus.Exited(0));
        }
    }

    @Test
    void reapsOnlyChildren() throws Exception {
        try (PidFd self = PidFd.open((int) ProcessHandle.current().pid())) {
            assertThat(self.signal(0)).isZero();
            assertErrno(Errno.ECHILD, self::reap);
        }
    }

    @Test
    void saysThatThereIsNoneWithThisId() {
        assertErrno(Errno.ESRCH, () -> PidFd.open(Integer.MAX_VALUE));
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }
}
