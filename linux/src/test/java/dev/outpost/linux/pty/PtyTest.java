package dev.outpost.linux.pty;

import static dev.outpost.linux.spawn.ChildProcess.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outpost.linux.Errno;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.linux.spawn.ChildProcess;
import dev.outpost.linux.spawn.Fixture;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import dev.outpost.testkit.Spec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PtyTest {
    private static final WaitStatus SUCCESS = new WaitStatus.Exited(0);

    private Pty pty;

    @BeforeEach
    void open() throws LinuxException {
        pty = Pty.open(24, 80);
    }

    @AfterEach
    void close() {
        pty.close();
    }

    /** Starts it on the terminal. The numbers of the streams are of no descriptor: they have to be ignored. */
    private PidFd start(String... argv) throws LinuxException {
        return PidFd.open(Spawner.spawn(new SpawnRequest(
                bytes(argv[0]),
                Arrays.stream(argv).map(ChildProcess::bytes).toList(),
                ChildProcess.environment("PATH=/usr/bin:/bin"),
                null,
                -1,
                -1,
                -1,
                pty.slavePath())));
    }

    private String readLine() throws LinuxException {
        return ChildProcess.readLine(pty.master());
    }

    /** What is printed up to the end, and how the child ended. */
    private String finish(PidFd child, WaitStatus expected) throws LinuxException {
        try (child) {
            String output = ChildProcess.readAll(pty.master());
            assertThat(ChildProcess.await(child)).isEqualTo(expected);
            return output;
        }
    }

    private void type(String text) throws LinuxException {
        ChildProcess.writeAll(pty.master(), text);
    }

    @Test
    @Spec("P57")
    void hasTheSizeItIsGiven() throws Exception {
        assertThat(finish(start("/usr/bin/stty", "size"), SUCCESS)).isEqualTo("24 80\r\n");
        pty.resize(65_535, 33);
        assertThat(finish(start("/usr/bin/stty", "size"), SUCCESS)).isEqualTo("65535 33\r\n");
    }

    @Test
    void aNewSizeIsTold() throws Exception {
        PidFd child = start("/bin/sh", "-c", "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.01; done");
        assertThat(readLine()).isEqualTo("ready");
        pty.resize(30, 100);
        assertThat(finish(child, SUCCESS)).isEqualTo("30 100\r\n");
    }

    @Test
    @Spec("P56")
    void printsLinesForATerminalAndEchoes() throws Exception {
        PidFd child = start("/bin/sh", "-c", "echo ready; read line; echo \"got $line\" >&2");
        assertThat(readLine()).isEqualTo("ready");
        // Canonical: the line is edited, here with a backspace, and comes when it is complete.
        type("helloo\u007f\n");
        assertThat(finish(child, SUCCESS)).isEqualTo("helloo\b \b\r\ngot hello\r\n");
    }

    @Test
    @Spec({"P56", "P58", "P66"})
    void isTheControllingTerminalOfTheSessionAndAllItsStreams() throws Exception {
        PidFd child = start("/bin/cat", "/dev/tty", "/proc/self/stat", "-");
        String slave = new String(pty.slavePath(), StandardCharsets.US_ASCII);
        // Ends the reading of /dev/tty, which only a process with a controlling terminal can open.
        type("\u0004");
        String line = readLine();
        // Once it repeats what is typed, after the echo, it has closed the other files.
        type("go\n");
        assertThat(readLine()).isEqualTo("go");
        assertThat(readLine()).isEqualTo("go");
        List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
        int pid = Integer.parseInt(line.substring(0, line.indexOf(' ')));

        assertThat(fields.get(2)).as("group").isEqualTo("" + pid);
        assertThat(fields.get(3)).as("session").isEqualTo("" + pid);
        assertThat(fields.get(4)).as("terminal").isNotEqualTo("0");
        assertThat(fields.get(5)).as("foreground group").isEqualTo("" + pid);
        assertThat(Fixture.openFiles(pid)).isEqualTo(Map.of(0, slave, 1, slave, 2, slave));
        type("\u0004");
        assertThat(finish(child, SUCCESS)).isEmpty();
    }

    @Test
    void controlCInterrupts() throws Exception {
        PidFd child = start("/bin/cat");
        type("\u0003");
        assertThat(finish(child, new WaitStatus.Signaled(Signals.SIGINT))).isEqualTo("^C");
    }

    @Test
    @Spec("P67")
    void closingItHangsUp() throws Exception {
        try (PidFd child = start("/bin/cat")) {
            pty.close();
            assertThat(ChildProcess.await(child)).isEqualTo(new WaitStatus.Signaled(Signals.SIGHUP));
        }
    }

    @Test
    void endsLikeAStreamWhenTheLastSlaveIsClosed() throws Exception {
        pty.setNonBlocking();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(16);
            assertThat(pty.master().read(buffer, 16))
                    .as("before a slave was opened")
                    .isEqualTo(FileDescriptor.WOULD_BLOCK);
            try (PidFd child = start("/bin/cat")) {
                assertThat(pty.master().read(buffer, 16)).as("while open").isEqualTo(FileDescriptor.WOULD_BLOCK);
                child.signal(Signals.SIGKILL);
                ChildProcess.await(child);
            }
            assertThat(pty.master().read(buffer, 16)).isZero();
            assertThat(pty.master().read(buffer, 16)).isZero();
        }
    }

    @Test
    void keepsWhatWasPrintedBeforeTheEnd() throws Exception {
        int lines = 2_000;
        // More than a terminal holds: the child waits for its reader, and the rest is there after it has gone.
        String output = finish(start("/usr/bin/seq", "1", "" + lines), SUCCESS);
        assertThat(output.lines()).hasSize(lines).endsWith("" + lines);
    }

    @Test
    void refusesASizeThatIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> Pty.open(-1, 80));
        assertThatIllegalArgumentException().isThrownBy(() -> pty.resize(24, 65_536));
    }

    @Test
    void aClosedOneHasNoSize() {
        pty.close();
        pty.close();
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> pty.resize(1, 1))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
    }

    @Test
    void saysWhatIsMissing() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> Pty.open("/dev/no-such-multiplexer", 24, 80))
                .withMessage("cannot open a pseudo terminal through /dev/no-such-multiplexer (mount devpts on /dev/pts,"
                        + " and see /proc/sys/kernel/pty/max): No such file or directory (os error 2)");
    }

    @Test
    void leavesNothingBehind() throws Exception {
        Map<Integer, String> before = Fixture.openFiles();
        for (int i = 0; i < 100; i++) {
            try (Pty other = Pty.open(24, 80)) {
                assertThat(other.master().isOpen()).isTrue();
            }
            // Not a multiplexer, so that it fails after the open.
            assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> Pty.open("/dev/null", 24, 80));
        }
        assertThat(Fixture.openFiles()).isEqualTo(before);
    }
}
