package dev.outpost.local.bubblewrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.local.sandbox.Mount;
import dev.outpost.local.sandbox.MountPlan;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command line that makes bubblewrap run a command in a sandbox.
 *
 * <p>Most of it goes through a descriptor: a command's environment must not be seen in the list of processes, and may be
 * longer than one argument can be. Bubblewrap itself gets no environment: what a client or a file in a workspace could put
 * there, such as {@code LD_LIBRARY_PATH}, is only for the command.
 *
 * <p>The command has a session of its own. A terminal is therefore not given to bubblewrap as its controlling one: the
 * command's session takes it, through a shell that stays as the first process, so that Ctrl-C and job control reach the
 * command and don't end bubblewrap, and everything with it.
 */
public final class BubblewrapCommand {
    /** Where the filter of system calls is in bubblewrap. */
    public static final int FILTER_DESCRIPTOR = 3;

    /** Where the options are in bubblewrap. */
    public static final int OPTIONS_DESCRIPTOR = 4;

    /** Where the first of the places to be mounted is in bubblewrap, if they are given to it as descriptors. */
    public static final int FIRST_PLACE_DESCRIPTOR = 5;

    /** Opens the terminal anew: as the leader of a session without one, so that it becomes the session's. */
    private static final String TAKE_TERMINAL = "exec <>/dev/console >&0 2>&0 && \"$@\"; exit $?";

    /**
     * What the kernel lets root write whatever his powers and namespaces are, such as the program that it starts, with all
     * powers and outside, when another one crashes. Bubblewrap itself does the same for {@code irq} and {@code bus}; each
     * costs a fifth of a millisecond.
     */
    private static final List<HostPath> KERNEL_SETTINGS = Stream.of(
                    "sys", "sysrq-trigger", "acpi", "driver", "dynamic_debug", "fs", "mtrr", "pressure", "scsi")
            .map(name -> HostPath.of("/proc/" + name))
            .toList();

    private static final HostPath DEV_NULL = HostPath.of("/dev/null");

    private final Bubblewrap bubblewrap;
    private final ByteArrayOutputStream options = new ByteArrayOutputStream();
    private final List<byte[]> command = new ArrayList<>();

    /**
     * A command in a sandbox.
     *
     * @param descriptors those read-only and read-write mounts of the plan, in its order, that bubblewrap has as descriptors
     *     from {@link #FIRST_PLACE_DESCRIPTOR} on
     * @param network whether it sees the host's network
     * @param environment entries {@code NAME=value}
     * @param cwd where it starts, as the sandbox has it
     * @param program its file, as the sandbox has it
     * @param argv from {@code argv[0]} on, at least one
     */
    public BubblewrapCommand(
            Bubblewrap bubblewrap,
            MountPlan plan,
            List<Mount> descriptors,
            boolean network,
            List<byte[]> environment,
            HostPath cwd,
            HostPath program,
            List<byte[]> argv) {
        this.bubblewrap = bubblewrap;
        option("--die-with-parent");
        option("--new-session");
        if (bubblewrap.userNamespace()) {
            option("--unshare-user");
        }
        option("--unshare-pid");
        option("--unshare-ipc");
        if (!network) {
            option("--unshare-net");
        }
        option("--cap-drop", "ALL");
        option("--seccomp", Integer.toString(FILTER_DESCRIPTOR));
        addEnvironment(environment);
        addMounts(plan, descriptors);
        option("--chdir", cwd);
        command.add(program.toBytes());
        command.addAll(argv.subList(1, argv.size()));
    }

    /** Gives the command another name than its program's; only if bubblewrap can do that. */
    public BubblewrapCommand withName(byte[] name) {
        if (!bubblewrap.argv0()) {
            throw new IllegalStateException("this bubblewrap has no --argv0");
        }
        option("--argv0", name);
        return this;
    }

    /** Lets the command's session take the terminal that bubblewrap has as its streams. */
    public BubblewrapCommand onTerminal(HostPath shell) {
        option("--as-pid-1");
        command.addAll(0, List.of(shell.toBytes(), bytes("-c"), bytes(TAKE_TERMINAL), bytes("sh")));
        return this;
    }

    /** What is to be read from {@link #OPTIONS_DESCRIPTOR}. */
    public byte[] options() {
        return options.toByteArray();
    }

    /** Bubblewrap's arguments from {@code argv[0]} on. */
    public List<byte[]> argv() {
        List<byte[]> argv = new ArrayList<>();
        for (String word : List.of("bwrap", "--args", Integer.toString(OPTIONS_DESCRIPTOR), "--")) {
            argv.add(bytes(word));
        }
        argv.addAll(command);
        return argv;
    }

    private void addEnvironment(List<byte[]> environment) {
        option("--clearenv");
        for (byte[] entry : environment) {
            int end = 1;
            while (end < entry.length && entry[end] != '=') {
                end++;
            }
            // What has no name can't be set, and no program could ask for it.
            if (end < entry.length && entry[0] != '=') {
                option("--setenv");
                options.write(entry, 0, end);
                options.write(0);
                options.write(entry, end + 1, entry.length - end - 1);
                options.write(0);
            }
        }
    }

    private void addMounts(MountPlan plan, List<Mount> descriptors) {
        HostPath root = HostPath.of("/");
        boolean everything = plan.root() == Access.WRITE && plan.mounts().isEmpty();
        switch (plan.root()) {
            case NONE -> option("--tmpfs", root);
            case READ -> bind("--ro-bind", root);
            case WRITE -> bind(everything ? "--dev-bind" : "--bind", root);
        }
        if (!everything) {
            option("--dev", HostPath.of("/dev"));
        }
        option("--proc", HostPath.of("/proc"));
        KERNEL_SETTINGS.forEach(path -> bind("--ro-bind-try", path));
        List<HostPath> closed = new ArrayList<>();
        int held = 0;
        for (Mount mount : plan.mounts()) {
            HostPath path = mount.path();
            if (held < descriptors.size() && descriptors.get(held).equals(mount)) {
                String how = mount.kind() == Mount.Kind.READ_ONLY ? "--ro-bind-fd" : "--bind-fd";
                option(how, Integer.toString(FIRST_PLACE_DESCRIPTOR + held));
                option(path.toBytes());
                held++;
                continue;
            }
            switch (mount.kind()) {
                case READ_ONLY -> bind("--ro-bind", path);
                case READ_WRITE -> bind("--bind", path);
                case DEVICES -> bind("--dev-bind", path);
                // A device on a mount without devices: nobody can open it, whatever his rights are.
                case HIDDEN_FILE -> option("--ro-bind", DEV_NULL, path);
                case HIDDEN_DIRECTORY -> {
                    option("--perms", isAbove(path, plan) ? "0111" : "0000");
                    option("--tmpfs", path);
                    closed.add(path);
                }
            }
        }
        plan.links().forEach((link, text) -> option("--symlink", text, link));
        if (plan.root() == Access.NONE) {
            closed.add(root);
        }
        // Last, because places in them have to be made first.
        closed.forEach(path -> option("--remount-ro", path));
    }

    private static boolean isAbove(HostPath path, MountPlan plan) {
        return Stream.concat(plan.mounts().stream().map(Mount::path), plan.links().keySet().stream())
                .anyMatch(place -> !place.equals(path) && place.startsWith(path));
    }

    private void bind(String how, HostPath path) {
        option(how, path, path);
    }

    private void option(String name) {
        option(bytes(name));
    }

    private void option(String name, String value) {
        option(name);
        option(bytes(value));
    }

    private void option(String name, byte[] value) {
        option(name);
        option(value);
    }

    private void option(String name, HostPath... values) {
        option(name);
        for (HostPath value : values) {
            option(value.toBytes());
        }
    }

    private void option(byte[] word) {
        options.writeBytes(word);
        options.write(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
