package dev.outpost.protocol.message;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.Extension;
import dev.outpost.executor.HostPath;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.path.PathForms;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code environment/info} (spec N52). Paths are URIs, since only newer clients ask; the shell's is not, as
 * they expect it. Of Codex's {@code capabilities} none is there, which means false (spec N69); {@code outpost} in it has
 * the extensions, each {@code true}.
 */
public record EnvironmentInfoResult(EnvironmentInfo info) implements Result {
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
        if (!info.extensions().isEmpty()) {
            out.raw("\"outpost\":{");
            separator = "";
            for (Extension extension : Extension.values()) {
                if (info.extensions().contains(extension)) {
                    out.raw(separator).string(ExtensionNames.of(extension)).raw(":true");
                    separator = ",";
                }
            }
            out.raw("}");
        }
        out.raw("}}");
    }

    private static @Nullable String uriOrNull(@Nullable HostPath path) {
        return path == null ? null : PathForms.toUri(path);
    }
}
