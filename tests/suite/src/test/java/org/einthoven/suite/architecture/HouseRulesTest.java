package org.einthoven.suite.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.einthoven.suite.architecture.fixture.FloatLaneSum;
import org.einthoven.suite.architecture.fixture.FloatLanesOtherwise;
import org.junit.jupiter.api.Test;

/** The rules of docs/design.md that a machine can check, over every class of the house that is not a test. */
class HouseRulesTest {
    /** Of code: documentation and blank lines are not counted. Most files have fewer than 400. */
    private static final int LONGEST_FILE = 700;

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.einthoven");

    /** A float sum over lanes has other bits cold than hot on JDK 25, which breaks bit-exact resume (decision 10). */
    private static final ArchRule NO_SUM_OVER_FLOAT_LANES = methods().should(new NotSumFloatLanes());

    @Test
    void floatLanesAreNeverSummedByReduceLanes() {
        NO_SUM_OVER_FLOAT_LANES.check(HOUSE);
    }

    @Test
    void theRuleOnFloatLanesSeesAnOffenderAndSparesTheRest() {
        JavaClasses offender = new ClassFileImporter().importClasses(FloatLaneSum.class);
        JavaClasses innocent = new ClassFileImporter().importClasses(FloatLanesOtherwise.class);

        assertEquals(
                2,
                NO_SUM_OVER_FLOAT_LANES
                        .evaluate(offender)
                        .getFailureReport()
                        .getDetails()
                        .size());
        NO_SUM_OVER_FLOAT_LANES.check(innocent);
    }

    @Test
    void nothingUsesUnsafe() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sun.misc..", "jdk.internal..")
                .check(HOUSE);
    }

    @Test
    void onlyTheCommandEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.einthoven.cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(HOUSE);
    }

    @Test
    void onlyTheCommandPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.einthoven.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }

    @Test
    void nothingReachesForTheNetwork() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.net..", "javax.net..", "java.nio.channels.spi..")
                        .and(not(belongToAnyOf(URI.class, URL.class, URISyntaxException.class))))
                .orShould()
                .callMethod(URL.class, "openStream")
                .orShould()
                .callMethod(URL.class, "openConnection")
                .check(HOUSE);
    }

    @Test
    void allRandomnessComesFromTheSeededRng() {
        noClasses()
                .should()
                .dependOnClassesThat(belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class))
                .orShould()
                .callMethod(Math.class, "random")
                .check(HOUSE);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes()
                .should()
                .haveSimpleNameNotEndingWith("Util")
                .andShould()
                .haveSimpleNameNotEndingWith("Utils")
                .andShould()
                .haveSimpleNameNotEndingWith("Manager")
                .andShould()
                .haveSimpleNameNotEndingWith("Impl")
                .check(HOUSE);
    }

    @Test
    void noSourceFileIsLongerThanOnePersonReads() throws IOException {
        Path root = Path.of(System.getProperty("einthoven.root"));
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> sources = files.filter(p -> p.toString().endsWith(".java"))
                    .filter(p -> !root.relativize(p).toString().contains("target"))
                    .toList();
            assertTrue(sources.size() > 50, () -> "only " + sources.size() + " sources found under " + root);
            for (Path source : sources) {
                long lines = Files.readAllLines(source).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("*") && !line.startsWith("/"))
                        .count();
                assertTrue(lines <= LONGEST_FILE, () -> root.relativize(source) + " has " + lines + " lines of code");
            }
        }
    }
}
