package dev.outpost.linux.pty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.poll.Pipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TerminalTest {
    private static final Libc.Function OPEN = Libc.function("open");
    private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0x100 | 0x80000;

    private Pty pty;
    private FileDescriptor slave;
    private Terminal terminal;

    @BeforeEach
    void open() throws Exception {
        pty = Pty.open(24, 80);
        try (Arena arena = Arena.ofConfined()) {
            String path = new String(pty.slavePath(), StandardCharsets.UTF_8);
            slave = FileDescriptor.of(
                    (int) OPEN.callOrErrno(arena.allocateFrom(path).address(), O_RDWR_NOCTTY_CLOEXEC));
        }
        terminal = Objects.requireNonNull(Terminal.of(slave.number()));
    }

    @AfterEach
    void close() {
        slave.close();
        pty.close();
    }

    private static void write(FileDescriptor to, String text) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            MemorySegment buffer = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
            assertThat(to.write(buffer, 0, bytes.length)).isEqualTo(bytes.length);
        }
    }

    private static String read(FileDescriptor from) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(256);
            int count = from.read(buffer, 256);
            return new String(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    @Test
    void tellsItsSizeWheneverItIsAsked() throws Exception {
        assertThat(terminal.size()).isEqualTo(new Terminal.Size(24, 80));
        pty.resize(65_535, 33);
        assertThat(terminal.size()).isEqualTo(new Terminal.Size(65_535, 33));
    }

    @Test
    void onlyATerminalIsOne() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            assertThat(Terminal.of(pipe.readEnd().number())).isNull();
        }
        assertThat(Terminal.of(-1)).isNull();
    }

    /** In its own mode a terminal keeps a line until its end, and prints a line feed as two characters. */
    @Test
    void rawModePassesEverythingAndIsUndone() throws Exception {
        terminal.makeRaw();
        terminal.makeRaw();
        write(pty.master(), "\u0003\r\u0004");
        assertThat(read(slave)).isEqualTo("\u0003\r\u0004");
        write(slave, "a\n");
        assertThat(read(pty.master())).isEqualTo("a\n");

        terminal.restore();
        terminal.restore();
        write(slave, "a\n");
        assertThat(read(pty.master())).isEqualTo("a\r\n");
        write(pty.master(), "typed\r");
        assertThat(read(slave)).isEqualTo("typed\n");
    }
}
