package org.einthoven.suite.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom: the picture in docs/design.md, as a test of classes and of module descriptors. */
class DependencyDirectionTest {
    /** For each room, the rooms that it may know. */
    private static final Map<String, Set<String>> MAY_KNOW = Map.of(
            "tensor", Set.of(),
            "autograd", Set.of("tensor"),
            "models", Set.of("tensor", "autograd"),
            "data", Set.of("tensor"),
            "meta", Set.of("tensor", "autograd", "models", "data"),
            "gpu", Set.of("tensor"),
            "golden", Set.of("tensor", "autograd", "models", "data", "meta"),
            "verify", Set.of("tensor", "autograd"),
            "cli", Set.of("tensor", "autograd", "models", "data", "meta", "gpu", "golden"));

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.einthoven");

    static Set<String> rooms() {
        return MAY_KNOW.keySet();
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void classesKnowOnlyTheRoomsBelow(String room) {
        DescribedPredicate<JavaClass> allowed =
                resideOutsideOfPackage("org.einthoven..").or(inRoom(room));
        for (String below : MAY_KNOW.get(room)) {
            allowed = allowed.or(inRoom(below));
        }
        classes()
                .that(inRoom(room))
                .should()
                .onlyDependOnClassesThat(allowed.as("belong to %s or %s", room, MAY_KNOW.get(room)))
                .check(HOUSE);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void moduleDescriptorsRequireOnlyTheRoomsBelow(String room) throws IOException {
        Set<String> required = descriptors().get("org.einthoven." + room).requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> name.startsWith("org.einthoven."))
                .map(name -> name.substring("org.einthoven.".length()))
                .collect(Collectors.toSet());

        assertTrue(
                MAY_KNOW.get(room).containsAll(required),
                () -> room + " requires " + required + ", and may know only " + MAY_KNOW.get(room));
    }

    @Test
    void everyRoomIsAModuleAndEveryModuleIsInTheTable() throws IOException {
        assertEquals(
                rooms().stream().map(room -> "org.einthoven." + room).collect(Collectors.toSet()),
                descriptors().keySet());
    }

    @Test
    void tensorAndAutogradRequireNothingButTheJdk() throws IOException {
        for (String room : Set.of("tensor", "autograd")) {
            for (ModuleDescriptor.Requires r :
                    descriptors().get("org.einthoven." + room).requires()) {
                assertTrue(r.name().matches("(java|jdk|org\\.einthoven)\\..*"), room + " requires " + r.name());
            }
        }
    }

    @Test
    void backendsAreNotExportedToEveryone() throws IOException {
        for (ModuleDescriptor.Exports e :
                descriptors().get("org.einthoven.tensor").exports()) {
            assertTrue(
                    e.isQualified() || !e.source().matches("org\\.einthoven\\.tensor\\.(reference|simd)"),
                    () -> "tensor exports " + e.source() + " to everyone");
        }
    }

    @Test
    void languageModelsKnowNothingOfEcgs() {
        noClasses()
                .that()
                .resideInAPackage("org.einthoven.models.llm..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.einthoven.models.ecg..")
                .check(HOUSE);
    }

    private static DescribedPredicate<JavaClass> inRoom(String room) {
        return resideInAPackage("org.einthoven." + room + "..");
    }

    /** The module descriptors on the class path whose names begin with {@code org.einthoven.}, by name. */
    private static Map<String, ModuleDescriptor> descriptors() throws IOException {
        Map<String, ModuleDescriptor> byName = new TreeMap<>();
        ClassLoader loader = DependencyDirectionTest.class.getClassLoader();
        for (URL url : Collections.list(loader.getResources("module-info.class"))) {
            try (InputStream in = url.openStream()) {
                ModuleDescriptor descriptor = ModuleDescriptor.read(in);
                if (descriptor.name().startsWith("org.einthoven.")) {
                    byName.put(descriptor.name(), descriptor);
                }
            }
        }
        return byName;
    }
}
