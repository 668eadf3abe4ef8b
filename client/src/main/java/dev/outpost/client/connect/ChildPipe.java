package dev.outpost.client.connect;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.EventFd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Our end of one pipe as a stream that blocks, until it is said that there is nothing to wait for any more: then reading
 * takes what is there and ends, and writing fails. So a descendant of the child that left its group and keeps the other
 * end open holds up nobody. For one thread; closed by the owner when that has ended.
 */
final class ChildPipe {
    private static final int BUFFER = 64 * 1024;
    private static final long PIPE = 1;
    private static final long OVER = 2;

    private final FileDescriptor pipe;
    private final EventFd overSignal;
    private final Epoll wait;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);
    private boolean over;

    /**
     * @param interest {@link Epoll#IN} for reading, {@link Epoll#OUT} for writing
     * @param overSignal signalled when nobody should wait any more
     * @param wait watching nothing yet; owned by this from now on
     */
    ChildPipe(FileDescriptor pipe, int interest, EventFd overSignal, Epoll wait) throws LinuxException {
        this.pipe = pipe;
        this.overSignal = overSignal;
        this.wait = wait;
        wait.add(pipe, interest, PIPE);
        wait.add(overSignal.descriptor(), Epoll.IN, OVER);
    }

    /** Stops watching; the pipe itself is closed by whoever opened it. */
    void close() {
        wait.remove(pipe);
        wait.remove(overSignal.descriptor());
        wait.close();
    }

    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                try {
                    return ChildPipe.this.read(bytes, offset, length);
                } catch (LinuxException e) {
                    throw new IOException(e.describe(), e);
                }
            }
        };
    }

    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    ChildPipe.this.write(bytes, offset, length);
                } catch (LinuxException e) {
                    throw new IOException(e.describe(), e);
                }
            }
        };
    }

    private int read(byte[] bytes, int offset, int length) throws LinuxException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            int count = pipe.read(buffer, Math.min(length, BUFFER));
            if (count > 0) {
                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, offset, count);
                return count;
            }
            if (count == 0 || over) {
                return -1;
            }
            await();
        }
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int part = Math.min(end - at, BUFFER);
            MemorySegment.copy(bytes, at, buffer, ValueLayout.JAVA_BYTE, 0, part);
            int written = 0;
            while (written < part) {
                int count = pipe.write(buffer, written, part - written);
                if (count != FileDescriptor.WOULD_BLOCK) {
                    written += count;
                } else if (over) {
                    throw new IOException("the server's process has ended");
                } else {
                    await();
                }
            }
            at += part;
        }
    }

    private void await() throws LinuxException {
        wait.await(-1, (token, events) -> over |= token == OVER);
    }
}
