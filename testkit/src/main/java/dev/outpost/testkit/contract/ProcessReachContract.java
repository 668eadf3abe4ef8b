package dev.outpost.testkit.contract;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.path;
import static dev.outpost.testkit.contract.ProcessProfiles.special;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a sandboxed process with restricted network must not reach (spec F69a): the executor's sockets and descriptors, what
 * {@code /proc} has of it and of others, its environment, and what another session has. The same program that tries
 * everything in a sandbox does so without one, and gets everywhere: so it is the sandbox that keeps it.
 */
public abstract class ProcessReachContract extends ExecBackendContract {
    private static final Path PERL = Path.of("/usr/bin/perl");
    private static final String SECRET = "secret-of-another-session";

    /** Listens in all ways, has a file open and a secret in its environment; prints its id and its port. */
    private static final String VICTIM = """
            use Socket;
            socket(T, AF_INET, SOCK_STREAM, 0) && bind(T, pack_sockaddr_in(0, INADDR_LOOPBACK)) && listen(T, 5) or die "tcp: $!";
            socket(U, AF_UNIX, SOCK_STREAM, 0) && bind(U, pack_sockaddr_un("stream")) && listen(U, 5) or die "stream: $!";
            socket(D, AF_UNIX, SOCK_DGRAM, 0) && bind(D, pack_sockaddr_un("datagram")) or die "datagram: $!";
            socket(A, AF_UNIX, SOCK_STREAM, 0) && bind(A, pack_sockaddr_un("\\0outpost-reach-$$")) && listen(A, 5) or die "abstract: $!";
            open(F, '<', 'secret') or die "secret: $!";
            my ($port) = unpack_sockaddr_in(getsockname(T));
            $| = 1;
            print "$$ $port\\n";
            sleep 600;
            """;

    /** Prints a line for each thing that it reaches. Arguments: ids of the victim and the executor, a port, a directory. */
    private static final String ATTACKER = """
            use Socket;
            use POSIX ();
            my ($victim, $executor, $port, $dir) = @ARGV;
            sub reads { my ($file) = @_; my ($f, $data); open($f, '<', $file) && sysread($f, $data, 4096) }
            sub lists { my ($name) = @_; my $d; opendir($d, $name) && defined(readdir $d) }
            sub connects { my ($domain, $to) = @_; my $s; socket($s, $domain, SOCK_STREAM, 0) && connect($s, $to) }
            sub tells { my ($to) = @_; my $s; socket($s, AF_UNIX, SOCK_DGRAM, 0) && send($s, 'x', 0, $to) }
            for my $number (3 .. 255) {
              my $copy = POSIX::dup($number);
              if (defined $copy) { print "descriptor $number\\n"; POSIX::close($copy) }
            }
            for (['victim', $victim], ['executor', $executor]) {
              my ($who, $pid) = @$_;
              for my $file ('environ', 'cmdline', 'maps', 'stat', "task/$pid/environ", 'root/etc/passwd') {
                print "$who $file\\n" if reads("/proc/$pid/$file");
              }
              print "$who memory\\n" if open(my $m, '<', "/proc/$pid/mem");
              print "$who descriptors\\n" if lists("/proc/$pid/fd");
              print "$who signal\\n" if kill 0, $pid;
            }
            print "victim working directory\\n" if reads("/proc/$victim/cwd/secret");
            print "victim open file\\n" if grep { reads("/proc/$victim/fd/$_") } 7 .. 9;
            print "tcp\\n" if connects(AF_INET, pack_sockaddr_in($port, INADDR_LOOPBACK));
            print "stream socket\\n" if connects(AF_UNIX, pack_sockaddr_un("$dir/stream"));
            print "abstract socket\\n" if connects(AF_UNIX, pack_sockaddr_un("\\0outpost-reach-$victim"));
            print "datagram socket\\n" if tells(pack_sockaddr_un("$dir/datagram"));
            print "file\\n" if reads("$dir/secret");
            print "file through a link\\n" if reads("own/link/secret");
            print "directory\\n" if lists($dir);
            print "environment\\n" if grep { /SECRET|^CV_/ } %ENV;
            print "end\\n";
            """;

    @TempDir(factory = SharedDirectory.class)
    private Path directory;

    private Path own;
    private Path others;
    private @Nullable ExecBackend otherSession;
    private String[] arguments = {};

    /** The executor's process. */
    protected long executor() {
        return ProcessHandle.current().pid();
    }

    /** Leaves the test out, with a sentence, if nothing can confine processes here. */
    protected void assumeConfined() throws Exception {
        ProcessProfiles.assumeBubblewrap();
    }

    @BeforeEach
    final void startVictim() throws Exception {
        assumeConfined();
        assumeTrue(Files.isExecutable(PERL), "perl is not installed, which can use any socket");
        Path top = directory.toRealPath();
        own = Files.createDirectory(top.resolve("own"));
        others = Files.createDirectory(top.resolve("others"));
        Files.writeString(others.resolve("secret"), "secret\n");
        Files.createSymbolicLink(own.resolve("link"), others);
        otherSession = open();
        ExecProcess victim = result(otherSession.start(Recipe.of(PERL.toString(), "-e", VICTIM)
                .cwd(others.toString())
                .environment(Map.of("PATH", Recipe.PATH, "THE_SECRET", SECRET))
                .request()));
        try (EventCollector events = new EventCollector(victim)) {
            events.untilOutput("\n");
            String[] told = events.text().strip().split(" ", 2);
            arguments = new String[] {told[0], Long.toString(executor()), told[1], others.toString()};
        }
    }

    @AfterEach
    final void endVictim() {
        if (otherSession != null) {
            otherSession.close();
        }
    }

    private List<String> reached(@Nullable SandboxContext sandbox) throws Exception {
        String[] argv = {PERL.toString(), "-e", ATTACKER, arguments[0], arguments[1], arguments[2], arguments[3]};
        Recipe recipe = Recipe.of(argv).cwd(directory.toRealPath().toString());
        List<String> lines = run(sandbox == null ? recipe : recipe.id("q").sandbox(sandbox))
                .text()
                .lines()
                .toList();
        assertThat(lines).as("what it prints").endsWith("end");
        return lines.subList(0, lines.size() - 1);
    }

    @Test
    @Spec({"F55", "F69a", "N79"})
    void whoMayReadAllFilesReachesNothingElse() throws Exception {
        assertThat(reached(null))
                .as("without a sandbox")
                .contains(
                        "victim environ",
                        "victim maps",
                        "victim descriptors",
                        "victim signal",
                        "victim working directory",
                        "victim open file",
                        "executor environ",
                        "executor descriptors",
                        "executor signal",
                        "tcp",
                        "stream socket",
                        "abstract socket",
                        "datagram socket",
                        "file",
                        "file through a link",
                        "directory")
                .noneMatch(line -> line.startsWith("descriptor "))
                .doesNotContain("environment");
        assertThat(reached(context(null, ROOT_READ)))
                .as("in a sandbox")
                .containsExactlyInAnyOrder("file", "file through a link", "directory");
    }

    @Test
    @Spec({"F57", "F69a", "N79"})
    void filesOfAnotherSessionAreOutOfReachWhereTheyAreNotGranted() throws Exception {
        SandboxContext narrow = context(null, special(Kind.MINIMAL, Access.READ), path(own, Access.READ));
        assertThat(reached(narrow)).isEmpty();
    }
}
