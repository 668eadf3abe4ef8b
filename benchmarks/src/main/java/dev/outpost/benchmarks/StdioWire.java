package dev.outpost.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Lines over the pipes of a server's process. */
public final class StdioWire implements Wire {
    private final OutputStream out;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 18];
    private final Message message = new Message();
    private int position;
    private int limit;

    /** Uses stdin and stdout of a running server. */
    public StdioWire(Process process) {
        this.out = process.getOutputStream();
        this.in = process.getInputStream();
    }

    @Override
    public void send(byte[] json) throws IOException {
        out.write(json);
        out.write('\n');
        out.flush();
    }

    @Override
    public Message receive() throws IOException {
        message.length = 0;
        while (true) {
            int start = position;
            while (position < limit && buffer[position] != '\n') {
                position++;
            }
            message.reserve(position - start);
            System.arraycopy(buffer, start, message.bytes, message.length, position - start);
            message.length += position - start;
            if (position < limit) {
                position++;
                return message;
            }
            limit = in.read(buffer);
            position = 0;
            if (limit < 0) {
                limit = 0;
                throw new EOFException("server ended");
            }
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
