package dev.outpost.linux.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a filter as the kernel would, for processors that this machine doesn't have. */
final class FilterInterpreter {
    static final int ALLOW = 0x7fff0000;
    static final int EPERM = 0x00050001;
    static final int KILL = 0x80000000;

    private FilterInterpreter() {}

    /** The verdict on a call. */
    static int run(byte[] program, int auditName, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0, number).putInt(4, auditName);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(16 + 8 * i, arguments[i]);
        }
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int operand = code.getInt(at * 8 + 4);
            int ifTrue = Byte.toUnsignedInt(code.get(at * 8 + 2));
            int ifFalse = Byte.toUnsignedInt(code.get(at * 8 + 3));
            switch (code.getShort(at * 8)) {
                case 0x20 -> accumulator = data.getInt(operand);
                case 0x54 -> accumulator &= operand;
                case 0x15 -> at += accumulator == operand ? ifTrue : ifFalse;
                case 0x35 -> at += Integer.compareUnsigned(accumulator, operand) >= 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return operand;
                }
                default -> throw new AssertionError("unknown instruction " + code.getShort(at * 8));
            }
        }
    }
}
