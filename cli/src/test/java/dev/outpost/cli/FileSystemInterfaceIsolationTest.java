package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.filesystem.ExecutorFileSystem;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The filesystem interface needs neither client nor server: an implementation compiles and runs with nothing on the
 * class path but the {@code executor} module.
 */
class FileSystemInterfaceIsolationTest {
    private static final String IMPLEMENTATION = """
            import dev.outpost.executor.*;
            import dev.outpost.executor.filesystem.*;
            import dev.outpost.executor.sandbox.*;
            import java.util.*;

            /** Files in a map, read through the interface. */
            public class InMemory implements ExecutorFileSystem, java.util.concurrent.Callable<String> {
                private final Map<HostPath, byte[]> files = new HashMap<>();

                public FileContent readFile(HostPath path, SandboxContext sandbox) throws ExecutorException {
                    byte[] bytes = files.get(path);
                    if (bytes == null) {
                        throw new ExecutorException(FailureKind.NOT_FOUND, "no " + path);
                    }
                    return FileContent.of(bytes);
                }

                public void writeFile(HostPath path, FileContent content, SandboxContext sandbox) {
                    files.put(path, content.toByteArray());
                }

                public void createDirectory(HostPath path, boolean recursive, SandboxContext sandbox) {}

                public FileMetadata getMetadata(HostPath path, SandboxContext sandbox) {
                    return new FileMetadata(false, true, false, files.get(path).length, 0, 0);
                }

                public List<DirectoryEntry> readDirectory(HostPath path, SandboxContext sandbox) {
                    return List.of();
                }

                public void remove(HostPath path, boolean recursive, boolean force, SandboxContext sandbox) {
                    files.remove(path);
                }

                public void copy(HostPath from, HostPath to, boolean recursive, SandboxContext sandbox) {
                    files.put(to, files.get(from));
                }

                /** What a caller that holds only the interface gets. */
                public String call() throws Exception {
                    ExecutorFileSystem fileSystem = this;
                    HostPath path = HostPath.of("/a/../b").normalized();
                    fileSystem.writeFile(path, "content".getBytes(), null);
                    fileSystem.copy(path, HostPath.of("/c"), false, null);
                    fileSystem.remove(path, false, false, null);
                    try (FileContent content = fileSystem.readFile(HostPath.of("/c"), null)) {
                        byte[] bytes = new byte[(int) content.size()];
                        content.copy(0, bytes, 0, bytes.length);
                        return new String(bytes) + fileSystem.getMetadata(HostPath.of("/c"), null).size();
                    }
                }
            }
            """;

    @Test
    void compilesAndRunsWithTheExecutorModuleAlone(@TempDir Path directory) throws Exception {
        URL executor =
                ExecutorFileSystem.class.getProtectionDomain().getCodeSource().getLocation();
        Path source = Files.writeString(directory.resolve("InMemory.java"), IMPLEMENTATION, UTF_8);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-nowarn",
                        "-proc:none",
                        "-classpath",
                        Path.of(executor.toURI()).toString(),
                        "-d",
                        directory.toString(),
                        source.toString());
        assertThat(status).as("exit code of the compiler").isZero();

        URL[] classPath = {executor, directory.toUri().toURL()};
        try (URLClassLoader alone = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            Callable<?> caller = (Callable<?>)
                    alone.loadClass("InMemory").getDeclaredConstructor().newInstance();
            assertThat(caller.call()).isEqualTo("content7");
            for (String elsewhere : List.of("server.ExecServer", "transport.Connection", "protocol.json.JsonOutput")) {
                assertThatThrownBy(() -> alone.loadClass("dev.outpost." + elsewhere))
                        .isInstanceOf(ClassNotFoundException.class);
            }
        }
    }
}
