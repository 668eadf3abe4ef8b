package dev.outpost.linux.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Puts a filter together: classic BPF over {@code struct seccomp_data} (see seccomp(2)). What no rule names is allowed. A
 * call through the interface of another architecture ends the process, because the numbers below would mean something else
 * there. Every rule stands for itself and ends in a verdict once its call has matched, so their order doesn't matter.
 */
final class FilterProgram {
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER_OR_EQUAL = 0x35;
    private static final int AND = 0x54;
    private static final int RETURN = 0x06;

    private static final int ALLOW = 0x7fff0000;
    private static final int REFUSE = 0x00050000 | 1; // SECCOMP_RET_ERRNO with EPERM
    private static final int KILL_PROCESS = 0x80000000;

    /** Offsets in {@code struct seccomp_data}; both architectures are little-endian. */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;
    private static final int ARGUMENTS = 16;

    private static final int X32_BIT = 0x40000000;

    private static final int INSTRUCTION_SIZE = 8;

    private final Architecture architecture;
    private final List<Instruction> instructions = new ArrayList<>();

    private record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

    FilterProgram(Architecture architecture) {
        this.architecture = architecture;
        add(LOAD_WORD, 0, 0, ARCHITECTURE);
        add(JUMP_EQUAL, 1, 0, architecture.auditName());
        add(RETURN, 0, 0, KILL_PROCESS);
        add(LOAD_WORD, 0, 0, NUMBER);
        if (architecture == Architecture.X86_64) {
            add(JUMP_GREATER_OR_EQUAL, 0, 1, X32_BIT);
            add(RETURN, 0, 0, REFUSE);
        }
    }

    /** Refuses calls whatever their arguments. */
    void refuse(Set<SystemCall> calls) {
        calls.forEach(call -> rule(call, List.of(new Instruction(RETURN, 0, 0, REFUSE))));
    }

    /** Refuses a call if the low half of an argument is one of these values. */
    void refuseIf(SystemCall call, int argument, int... values) {
        List<Instruction> body = new ArrayList<>();
        body.add(new Instruction(LOAD_WORD, 0, 0, low(argument)));
        for (int value : values) {
            body.add(new Instruction(JUMP_EQUAL, 0, 1, value));
            body.add(new Instruction(RETURN, 0, 0, REFUSE));
        }
        body.add(new Instruction(RETURN, 0, 0, ALLOW));
        rule(call, body);
    }

    /** Refuses a call unless an argument, a pointer, is null. */
    void refuseUnlessNull(SystemCall call, int argument) {
        rule(
                call,
                List.of(
                        new Instruction(LOAD_WORD, 0, 0, low(argument)),
                        new Instruction(JUMP_EQUAL, 0, 2, 0),
                        new Instruction(LOAD_WORD, 0, 0, low(argument) + Integer.BYTES),
                        new Instruction(JUMP_EQUAL, 1, 0, 0),
                        new Instruction(RETURN, 0, 0, REFUSE),
                        new Instruction(RETURN, 0, 0, ALLOW)));
    }

    /**
     * Refuses a call that makes sockets, unless its first argument is this domain and the second, without its flags, one of
     * these types.
     */
    void refuseSocketsBut(SystemCall call, int domain, int... types) {
        List<Instruction> body = new ArrayList<>();
        body.add(new Instruction(LOAD_WORD, 0, 0, low(0)));
        body.add(new Instruction(JUMP_EQUAL, 1, 0, domain));
        body.add(new Instruction(RETURN, 0, 0, REFUSE));
        body.add(new Instruction(LOAD_WORD, 0, 0, low(1)));
        body.add(new Instruction(AND, 0, 0, 0xf));
        for (int type : types) {
            body.add(new Instruction(JUMP_EQUAL, 0, 1, type));
            body.add(new Instruction(RETURN, 0, 0, ALLOW));
        }
        body.add(new Instruction(RETURN, 0, 0, REFUSE));
        rule(call, body);
    }

    /** The program, as an array of {@code struct sock_filter}. */
    byte[] toBytes() {
        List<Instruction> all = new ArrayList<>(instructions);
        all.add(new Instruction(RETURN, 0, 0, ALLOW));
        ByteBuffer bytes = ByteBuffer.allocate(all.size() * INSTRUCTION_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction instruction : all) {
            bytes.putShort((short) instruction.code());
            bytes.put((byte) instruction.ifTrue());
            bytes.put((byte) instruction.ifFalse());
            bytes.putInt(instruction.operand());
        }
        return bytes.array();
    }

    /** A body that always ends in a verdict, skipped for other calls: the accumulator then still holds the number. */
    private void rule(SystemCall call, List<Instruction> body) {
        int number = call.number(architecture);
        if (number >= 0) {
            add(JUMP_EQUAL, 0, body.size(), number);
            instructions.addAll(body);
        }
    }

    private void add(int code, int ifTrue, int ifFalse, int operand) {
        instructions.add(new Instruction(code, ifTrue, ifFalse, operand));
    }

    private static int low(int argument) {
        return ARGUMENTS + argument * Long.BYTES;
    }
}
