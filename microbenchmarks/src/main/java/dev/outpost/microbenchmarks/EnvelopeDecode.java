package dev.outpost.microbenchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Request;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.MetadataParams;
import dev.outpost.protocol.message.StartParams;
import dev.outpost.protocol.message.WriteFileParams;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From the bytes of a message to its shape, and on to its parameters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EnvelopeDecode {
    private final byte[] metadata = request("fs/getMetadata", "{\"path\":\"file:///etc/hostname\",\"sandbox\":null}");
    private final byte[] start = request(
            "process/start",
            "{\"processId\":\"12\",\"argv\":[\"/bin/bash\",\"-lc\",\"rg --files | head -n 200\"],"
                    + "\"cwd\":\"file:///home/user/project\",\"envPolicy\":{\"inherit\":\"core\",\"ignoreDefaultExcludes\":false,"
                    + "\"exclude\":[],\"set\":{},\"includeOnly\":[]},\"env\":{\"PATH\":\"/usr/bin:/bin\",\"TERM\":\"dumb\"},"
                    + "\"tty\":false,\"pipeStdin\":false,\"arg0\":null}");
    private final byte[] writeMebibyte = request(
            "fs/writeFile", "{\"path\":\"file:///tmp/file\",\"dataBase64\":\"" + mebibyte() + "\",\"sandbox\":null}");

    /** The envelope of a small request, its parameters left as they are. */
    @Benchmark
    public IncomingMessage envelope() {
        return IncomingMessage.parse(start, start.length);
    }

    /** The smallest request. */
    @Benchmark
    public MetadataParams metadata() throws RpcException {
        return MetadataParams.decode(params(metadata));
    }

    /** A request as agents send it. */
    @Benchmark
    public StartParams start() throws RpcException {
        return StartParams.decode(params(start));
    }

    /** One with a large base64 value. */
    @Benchmark
    public WriteFileParams writeMebibyte() throws RpcException {
        return WriteFileParams.decode(params(writeMebibyte));
    }

    private static JsonSlice params(byte[] message) {
        if (IncomingMessage.parse(message, message.length) instanceof Request request) {
            return request.params();
        }
        throw new IllegalStateException("no request");
    }

    private static byte[] request(String method, String params) {
        return ("{\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}").getBytes(US_ASCII);
    }

    private static String mebibyte() {
        byte[] content = new byte[1 << 20];
        new Random(1).nextBytes(content);
        return Base64.getEncoder().encodeToString(content);
    }
}
