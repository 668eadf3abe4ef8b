package dev.outpost.local.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.FileType;
import dev.outpost.local.sandbox.PolicyRule.Origin;
import java.util.Arrays;

/**
 * What a location alone does not tell of an opened file: {@code /proc} may be mounted elsewhere as well, and devices may be
 * anywhere. Both are refused but for those that the policy names (spec F69a).
 */
final class OpenedFiles {
    private static final long PROC = 0x9fa0;
    private static final byte[] DEVICES = "/dev/".getBytes(US_ASCII);

    private OpenedFiles() {}

    /**
     * Fails with EACCES if a file must not be used.
     *
     * @param fileSystem on which kind of file system it is
     */
    static void check(long fileSystem, FileType type, SandboxPolicy policy, byte[] location) throws LinuxException {
        boolean refused = switch (type) {
            case CHARACTER_DEVICE, BLOCK_DEVICE -> !isBelowDevices(location);
            case REGULAR, DIRECTORY, SYMLINK, FIFO, SOCKET, UNKNOWN ->
                fileSystem == PROC && !isGuarded(policy, location);
        };
        if (refused) {
            throw new LinuxException("sandbox", Errno.EACCES);
        }
    }

    /** There only what an entry or Outpost itself names is allowed. */
    private static boolean isBelowDevices(byte[] location) {
        return location.length > DEVICES.length
                && Arrays.equals(location, 0, DEVICES.length, DEVICES, 0, DEVICES.length);
    }

    private static boolean isGuarded(SandboxPolicy policy, byte[] location) {
        PolicyRule rule = policy.decide(location).rule();
        return rule != null && rule.origin() == Origin.GUARD;
    }
}
