package dev.outpost.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.seccomp.SeccompFilter.Ban;
import dev.outpost.linux.spawn.ChildProcess;
import dev.outpost.linux.spawn.Fixture;
import dev.outpost.testkit.Spec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SeccompFilterTest {
    private static final Libc.Function CALL = Libc.function("syscall");
    private static final Architecture HERE = Architecture.current();
    private static final Set<Ban> ALL = EnumSet.allOf(Ban.class);
    private static final Set<Ban> NETWORK = EnumSet.of(Ban.NETWORK);

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AF_NETLINK = 16;
    private static final int AF_VSOCK = 40;
    private static final int STREAM = 1;
    private static final int DATAGRAM = 2;
    private static final int RAW = 3;
    private static final int SEQPACKET = 5;
    private static final int CLOEXEC = 0x80000;

    @Test
    @Spec({"F55", "N79"})
    void withoutNetworkTheKernelMakesOnlyLocalSockets() throws Exception {
        List<Long> results = confined(NETWORK, () -> {
            List<Long> refused = new ArrayList<>();
            for (int domain : new int[] {AF_INET, AF_INET6, AF_NETLINK, AF_VSOCK}) {
                refused.add(call(SystemCall.SOCKET, domain, STREAM, 0));
            }
            refused.add(call(SystemCall.SOCKET, AF_UNIX, DATAGRAM, 0));
            refused.add(call(SystemCall.SOCKET, AF_UNIX, RAW | CLOEXEC, 0));
            try (Arena arena = Arena.ofConfined()) {
                refused.add(call(
                        SystemCall.SOCKETPAIR,
                        AF_UNIX,
                        DATAGRAM,
                        0,
                        arena.allocate(8).address()));
            }
            return refused;
        });

        assertThat(results).hasSize(7).containsOnly((long) -Errno.EPERM);
    }

    @Test
    @Spec({"F55", "N79"})
    void withoutNetworkAPairOfSocketsTalks() throws Exception {
        long result = confined(NETWORK, () -> {
            try (Arena arena = Arena.ofConfined()) {
                var pair = arena.allocate(8, 4);
                assertThat(call(SystemCall.SOCKETPAIR, AF_UNIX, STREAM | CLOEXEC, 0, pair.address()))
                        .isZero();
                int one = pair.get(java.lang.foreign.ValueLayout.JAVA_INT, 0);
                int other = pair.get(java.lang.foreign.ValueLayout.JAVA_INT, 4);
                var text = arena.allocateFrom("hello");
                long sent = call(SystemCall.SENDTO, one, text.address(), 5, 0, 0);
                long elsewhere = call(SystemCall.SENDTO, one, text.address(), 5, 0, text.address());
                Libc.function("close").callOrErrno(one);
                Libc.function("close").callOrErrno(other);
                assertThat(elsewhere).as("with an address").isEqualTo(-Errno.EPERM);
                return sent;
            }
        });

        assertThat(result).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(SystemCall.class)
    @Spec("F55")
    void theKernelRefusesWhatIsListed(SystemCall call) throws Exception {
        if (call.number(HERE) < 0 || call == SystemCall.IOCTL) {
            return;
        }
        long with = confined(ALL, () -> call(call, -1, 0, 0, 0, 1));
        assertThat(with).isEqualTo(-Errno.EPERM);
    }

    @Test
    @Spec("N79")
    void withNetworkSocketsAndDebuggersWork() throws Exception {
        long socket = confined(EnumSet.noneOf(Ban.class), () -> call(SystemCall.CONNECT, -1, 0, 0));
        assertThat(socket).isEqualTo(-Errno.EBADF);
        long attach = confined(EnumSet.noneOf(Ban.class), () -> call(SystemCall.PTRACE, 16, 999_999_999, 0));
        assertThat(attach).isEqualTo(-Errno.ESRCH);
        long ring = confined(EnumSet.noneOf(Ban.class), () -> call(SystemCall.IO_URING_SETUP, 1, 0));
        assertThat(ring).isEqualTo(-Errno.EPERM);
    }

    @Test
    @Spec("F55")
    void whatAConfinedThreadStartsIsConfinedAndGainsNothing() throws Exception {
        String status = confined(
                        NETWORK, () -> ChildProcess.run("/bin/grep", "-E", "NoNewPrivs|Seccomp:", "/proc/self/status"))
                .text();

        assertThat(status).contains("NoNewPrivs:\t1").contains("Seccomp:\t2");
        assertThat(ChildProcess.run("/bin/grep", "NoNewPrivs", "/proc/self/status")
                        .text())
                .as("of a child of another thread")
                .contains("NoNewPrivs:\t0");
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    @Spec("F55")
    void theProgramOfEachArchitectureDecidesTheSame(Architecture architecture) {
        byte[] program = SeccompFilter.of(architecture, ALL).toBytes();
        for (SystemCall call : SystemCall.values()) {
            int number = call.number(architecture);
            if (number >= 0 && call != SystemCall.IOCTL) {
                assertThat(verdict(program, architecture, number, AF_INET, 0, 0, 0, 1))
                        .as("%s", call)
                        .isEqualTo(FilterInterpreter.EPERM);
            }
        }
        int socket = SystemCall.SOCKET.number(architecture);
        assertThat(verdict(program, architecture, socket, AF_UNIX, STREAM | CLOEXEC))
                .isEqualTo(FilterInterpreter.ALLOW);
        assertThat(verdict(program, architecture, socket, AF_UNIX, SEQPACKET)).isEqualTo(FilterInterpreter.ALLOW);
        int send = SystemCall.SENDTO.number(architecture);
        assertThat(verdict(program, architecture, send, 3, 0, 0, 0, 0)).isEqualTo(FilterInterpreter.ALLOW);
        assertThat(verdict(program, architecture, send, 3, 0, 0, 0, 0x7fff00000000L))
                .as("an address whose low half is zero")
                .isEqualTo(FilterInterpreter.EPERM);
        int ioctl = SystemCall.IOCTL.number(architecture);
        assertThat(verdict(program, architecture, ioctl, 0, 0x5412)).isEqualTo(FilterInterpreter.EPERM);
        assertThat(verdict(program, architecture, ioctl, 0, 0xffffffff00005412L))
                .as("the kernel ignores the high half of the request")
                .isEqualTo(FilterInterpreter.EPERM);
        assertThat(verdict(program, architecture, ioctl, 0, 0x5401)).isEqualTo(FilterInterpreter.ALLOW);
        assertThat(verdict(program, architecture, 0)).isEqualTo(FilterInterpreter.ALLOW);
    }

    @Test
    @Spec("F55")
    void anotherInterfaceOfTheKernelIsNoWayRound() {
        byte[] program = SeccompFilter.of(Architecture.X86_64, NETWORK).toBytes();
        int i386 = 0x40000003;
        assertThat(FilterInterpreter.run(program, i386, 41)).isEqualTo(FilterInterpreter.KILL);
        assertThat(verdict(program, Architecture.X86_64, 0x40000000 | 39)).isEqualTo(FilterInterpreter.EPERM);
    }

    private static int verdict(byte[] program, Architecture architecture, int number, long... arguments) {
        return FilterInterpreter.run(program, architecture.auditName(), number, arguments);
    }

    private static <T> T confined(Set<Ban> bans, java.util.concurrent.Callable<T> task) throws Exception {
        return Fixture.onOwnThread(() -> {
            SeccompFilter.of(bans).confineThread();
            return task.call();
        });
    }

    private static long call(SystemCall call, long... arguments) {
        long[] a = java.util.Arrays.copyOf(arguments, 5);
        return CALL.callOrErrno(call.number(HERE), a[0], a[1], a[2], a[3], a[4]);
    }
}
