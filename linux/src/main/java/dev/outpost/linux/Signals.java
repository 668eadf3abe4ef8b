package dev.outpost.linux;

/**
 * Signal numbers, the same on x86-64 and AArch64, and sending by process id. A process id can be another process's by
 * the time of the call unless the caller is its parent and has not reaped it: prefer a pidfd. Safe from any thread.
 */
public final class Signals {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGABRT = 6;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGSEGV = 11;
    public static final int SIGUSR2 = 12;
    public static final int SIGPIPE = 13;
    public static final int SIGTERM = 15;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGTSTP = 20;
    public static final int SIGWINCH = 28;

    private static final Libc.Function KILL = Libc.function("kill");

    private Signals() {}

    /**
     * Sends a signal to one process; signal 0 only asks whether that would be possible.
     *
     * @param pid above 0
     * @return 0 or the error number: {@code ESRCH} if there is none, {@code EPERM} if it is another user's
     */
    public static int kill(int pid, int signal) {
        if (pid <= 0) {
            throw new IllegalArgumentException("not the id of one process: " + pid);
        }
        return (int) -KILL.callOrErrno(pid, signal);
    }

    /**
     * Sends a signal to every process of a group that the caller may signal.
     *
     * @param pgid above 1, because kill(2) takes -1 for every process there is
     * @return 0 if at least one was signalled, else the error number
     */
    public static int killGroup(int pgid, int signal) {
        if (pgid <= 1) {
            throw new IllegalArgumentException("not a process group to signal: " + pgid);
        }
        return (int) -KILL.callOrErrno(-pgid, signal);
    }
}
