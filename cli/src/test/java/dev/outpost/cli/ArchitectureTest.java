package dev.outpost.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The walls of docs/architecture.md. */
class ArchitectureTest {
    /** What each module may use besides itself, java.* and JSpecify's annotations. A name without a dot is a module. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            "executor", List.of(),
            "protocol", List.of("executor", "tools.jackson.core"),
            "linux", List.of(),
            "local", List.of("executor", "linux"),
            "transport", List.of("executor", "protocol", "io.netty", "javax.net.ssl"),
            "server", List.of("executor", "protocol", "transport"),
            "environment", List.of("executor", "protocol", "linux", "local", "transport", "client", "org.tomlj"),
            "client", List.of("executor", "protocol", "linux", "local", "transport"),
            "cli",
                    List.of(
                            "executor",
                            "protocol",
                            "linux",
                            "local",
                            "transport",
                            "server",
                            "client",
                            "environment",
                            "picocli",
                            "sun.misc"));

    private static JavaClasses shipped;

    @BeforeAll
    static void readClasses() {
        shipped = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("dev/outpost/testkit"))
                .importPackages("dev.outpost");
    }

    private static String inside(String module) {
        return "dev.outpost." + module + "..";
    }

    static Stream<String> modules() {
        return ARROWS.keySet().stream().sorted();
    }

    @Test
    void everyClassIsInAModule() {
        assertThat(shipped).hasSizeGreaterThan(50);
        String[] insides = modules().map(ArchitectureTest::inside).toArray(String[]::new);
        classes().should().resideInAnyPackage(insides).check(shipped);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void modulesUseOnlyWhatIsBelowThem(String module) {
        List<String> allowed = new ArrayList<>(List.of(inside(module), "java..", "org.jspecify.annotations"));
        for (String target : ARROWS.getOrDefault(module, List.of())) {
            allowed.add(target.contains(".") || target.equals("picocli") ? target + ".." : inside(target));
        }
        classes()
                .that()
                .resideInAPackage(inside(module))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new))
                        .or(describe("primitives", type -> type.isPrimitive() || type.isArray())))
                .allowEmptyShould(false)
                .check(shipped);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.outpost.(**)").should().beFreeOfCycles().check(shipped);
    }

    /** Whoever serves one client over stdin and stdout must not pay for loading Netty. */
    @Test
    void stdioNeverReachesNetty() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.outpost.transport.stdio..",
                        "dev.outpost.client.connect..",
                        inside("server"),
                        inside("local"))
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAnyPackage("io.netty..", "dev.outpost.transport.websocket..")
                .check(shipped);
    }

    /** Memory segments are values that others may read; calling into native code is for one module. */
    @Test
    void onlyLinuxCallsNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackage(inside("linux"))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Linker.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(SymbolLookup.class)
                .orShould()
                .callMethodWhere(describe(
                        "native access",
                        call -> call.getTargetOwner().isAssignableTo(MemorySegment.class)
                                        && call.getName().equals("reinterpret")
                                || call.getTargetOwner().isAssignableTo(System.class)
                                        && call.getName().startsWith("load")))
                .check(shipped);
    }

    @Test
    void onlyTheProgramTalksToTheConsole() {
        noClasses()
                .that()
                .resideOutsideOfPackage(inside("cli"))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .accessField(System.class, "in")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(shipped);
    }

    @Test
    void settingsAreReadInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackages(inside("cli"), inside("linux"))
                .should()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class, String.class)
                .check(shipped);
    }

    @Test
    void loggingIsSystemLogger() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(shipped);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .that()
                .doNotHaveSimpleName("EnvironmentManager") // what the specification calls it
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)(\\$.*)?")
                .check(shipped);
    }

    @Test
    void productionCodeKnowsNoTests() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.outpost.testkit..", "org.junit..", "org.assertj..")
                        .or(simpleNameEndingWith("Test")))
                .check(shipped);
    }
}
