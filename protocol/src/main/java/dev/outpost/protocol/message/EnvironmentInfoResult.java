package dev.outpost.protocol.message;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.HostPath;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.PathForms;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * The answer to {@code environment/info} (spec N52). Paths are URIs, since only newer clients ask; the shell's is not, as
 * they expect it. Of {@code capabilities} there are only Outpost's own: an absent one is false (spec N69).
 *
 * @param outpost null if it is another's server
 */
public record EnvironmentInfoResult(
        EnvironmentInfo info, @Nullable OutpostCapabilities outpost) implements Result {
    /** The answer of this server. */
    public EnvironmentInfoResult(EnvironmentInfo info) {
        this(info, new OutpostCapabilities(true, info.extensions()));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"shell\":{\"name\":").string(info.shellName());
        out.raw(",\"path\":").string(info.shellPath().toString());
        out.raw("},\"executorVersion\":").string(info.executorVersion());
        out.raw(",\"cwd\":").stringOrNull(uriOrNull(info.cwd()));
        out.raw(",\"userHomeDir\":").stringOrNull(uriOrNull(info.userHome()));
        out.raw(",\"platformOs\":").string(info.platformOs());
        out.raw(",\"prependPathDirs\":[],\"temporaryDirectories\":[");
        String separator = "";
        for (HostPath directory : info.temporaryDirectories()) {
            out.raw(separator).string(PathForms.toUri(directory));
            separator = ",";
        }
        out.raw("],\"tempDir\":").string(PathForms.toUri(info.temporaryDirectory()));
        out.raw(",\"capabilities\":{");
        if (outpost != null) {
            out.raw("\"outpost\":");
            outpost.writeTo(out);
        }
        out.raw("}}");
    }

    private static @Nullable String uriOrNull(@Nullable HostPath path) {
        return path == null ? null : PathForms.toUri(path);
    }

    /**
     * Decodes the answer of a server of any version. What it does not say, or says of no POSIX system, is {@code /bin/sh},
     * {@code unknown}, {@code /tmp}, or absent.
     */
    public static EnvironmentInfoResult decode(JsonSlice result) {
        JsonSlice shell = member(result, "shell");
        String shellPath = text(member(shell, "path"), "/bin/sh");
        HostPath temporary = path(member(result, "tempDir"));
        JsonSlice told = member(member(result, "capabilities"), "outpost");
        OutpostCapabilities outpost = told.isAbsent() ? null : OutpostCapabilities.decode(told);
        var info = new EnvironmentInfo(
                text(member(shell, "name"), shellPath.substring(shellPath.lastIndexOf('/') + 1)),
                HostPath.of(shellPath),
                text(member(result, "executorVersion"), "unknown"),
                text(member(result, "platformOs"), "unknown"),
                path(member(result, "cwd")),
                path(member(result, "userHomeDir")),
                temporary == null ? HostPath.of("/tmp") : temporary,
                paths(member(result, "temporaryDirectories")),
                outpost == null ? Set.of() : outpost.extensions());
        return new EnvironmentInfoResult(info, outpost);
    }

    /** A member of what may be an object; absent if there is none. */
    private static JsonSlice member(JsonSlice object, String name) {
        if (!object.isAbsent()) {
            try (JsonReader in = JsonReader.at(object)) {
                if (in.token() == JsonToken.START_OBJECT) {
                    while (in.next() == JsonToken.PROPERTY_NAME) {
                        boolean found = in.text().equals(name);
                        in.next();
                        if (found) {
                            return in.slice();
                        }
                        in.leaveTo(1);
                    }
                }
            }
        }
        return JsonSlice.ABSENT;
    }

    private static String text(JsonSlice value, String fallback) {
        if (!value.isAbsent()) {
            try (JsonReader in = JsonReader.at(value)) {
                if (in.token() == JsonToken.VALUE_STRING) {
                    return in.text();
                }
            }
        }
        return fallback;
    }

    private static @Nullable HostPath path(JsonSlice value) {
        try {
            String text = text(value, "");
            return text.isEmpty() ? null : PathForms.parse(text).path();
        } catch (RpcException _) {
            return null;
        }
    }

    private static List<HostPath> paths(JsonSlice value) {
        List<HostPath> paths = new ArrayList<>();
        if (!value.isAbsent()) {
            try (JsonReader in = JsonReader.at(value)) {
                if (in.token() == JsonToken.START_ARRAY) {
                    while (in.next() != JsonToken.END_ARRAY) {
                        HostPath path = path(in.slice());
                        if (path != null) {
                            paths.add(path);
                        }
                    }
                }
            }
        }
        return paths;
    }
}
