package dev.outpost.interop;

import dev.outpost.testkit.vector.VectorSuite;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The runner of the vectors itself is right: the server that they were recorded from passes them all. */
class PeerVectorsTest {
    @TempDir
    private static Path scratch;

    private static VectorSuite suite;

    @BeforeAll
    static void start() throws Exception {
        Path directory = scratch.toRealPath();
        suite = new VectorSuite(
                Peer.V131.server(VectorSuite.environment(directory), directory), Set.of("single-dialect"));
    }

    @AfterAll
    static void stop() {
        suite.close();
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicNode> everyRecordedCase() {
        return Stream.of("envelope", "session", "process", "filesystem")
                .map(file -> DynamicContainer.dynamicContainer(file, suite.tests(file)));
    }
}
