package org.einthoven.data.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.einthoven.data.episodes.Episode;
import org.einthoven.data.episodes.EpisodeSampler;
import org.einthoven.data.episodes.EpisodeShape;
import org.einthoven.data.episodes.Split;
import org.einthoven.data.episodes.StrictEpisodes;
import org.einthoven.data.episodes.StrictRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;

/** A cohort as a data set: the same for the same seed, what it asks, and how its findings come together. */
class SyntheticCohortTest {
    private static final long FINGERPRINT = -606743342686588122L;

    @Test
    void theSameKeyGivesTheSameSamples() {
        SyntheticCohort cohort = SyntheticCohort.of(50, Difficulty.STANDARD, Rng.of(222));
        SyntheticCohort again = SyntheticCohort.of(50, Difficulty.STANDARD, Rng.of(222));
        for (int ecg = 49; ecg >= 0; ecg--) {
            assertArrayEquals(cohort.record(ecg).samples(), again.record(ecg).samples());
            assertEquals(cohort.findings(ecg), again.findings(ecg));
        }
        assertEquals(cohort.questions(), again.questions());
        assertEquals("p24", cohort.patient(49));
        assertNotEquals(
                cohort.record(3).samples()[0][7],
                SyntheticCohort.of(50, Difficulty.STANDARD, Rng.of(223))
                        .record(3)
                        .samples()[0][7]);
    }

    @Test
    void whatIsHeldOutIsInNoRecording() {
        SyntheticCohort all = SyntheticCohort.of(60, Difficulty.STANDARD.withCompany(0.5), Rng.of(222));
        Set<Finding> held = EnumSet.of(Finding.LEFT_AXIS, Finding.STATIC_NOISE, Finding.U_WAVES);
        SyntheticCohort without = all.without(held);
        boolean differs = false;
        for (int ecg = 0; ecg < 60; ecg++) {
            Set<Finding> expected = EnumSet.noneOf(Finding.class);
            expected.addAll(all.findings(ecg));
            differs |= expected.removeAll(held);
            assertEquals(expected, without.findings(ecg));
        }
        assertTrue(differs, "some recording has what is held out");
    }

    @Test
    void undividedTasksAreCrossedAndUseEveryPatient() {
        SyntheticCohort cohort = SyntheticCohort.of(600, Difficulty.STANDARD.withCompany(0.5), Rng.of(222));
        EpisodeSampler sampler = StrictEpisodes.undivided(
                cohort.questions(),
                StrictRules.of(Split.PATIENT, new EpisodeShape(3, 2, 2)).withConcepts(SyntheticCohort.concepts()),
                cohort::patient);
        assertTrue(
                sampler.patients().size() > 290,
                "nearly all of 300 patients: " + sampler.patients().size());
        Episode episode = sampler.sample(Rng.of(1), 0);
        assertEquals(
                6,
                episode.support().stream()
                        .filter(s -> s.item().isAnswered("yes"))
                        .count());
        assertEquals(12, episode.support().size());
    }

    /** A few bits, so that a change of the synthesiser is noticed: models made from it would no longer fit. */
    @Test
    void theSynthesiserIsWhatItWas() {
        SyntheticCohort cohort = SyntheticCohort.of(20, Difficulty.STANDARD, Rng.of(222));
        long hash = 17;
        for (int ecg = 0; ecg < 20; ecg++) {
            for (float[] lead : cohort.record(ecg).samples()) {
                for (float v : lead) {
                    hash = 31 * hash + Float.floatToIntBits(v);
                }
            }
        }
        assertEquals(FINGERPRINT, hash);
    }

    @Test
    void thereAreEnoughFindingsAndConcepts() {
        assertEquals(122, Finding.values().length);
        assertEquals(
                117,
                Stream.of(Finding.values()).map(Finding::concept).distinct().count());
        assertEquals(
                122, Stream.of(Finding.values()).map(Finding::text).distinct().count());
    }

    @Test
    void findingsAreCommonAndIndependentEnough() {
        SyntheticCohort cohort = SyntheticCohort.of(4000, Difficulty.STANDARD, Rng.of(1));
        Map<Finding, Integer> counts = new EnumMap<>(Finding.class);
        int[][] both = new int[Finding.values().length][Finding.values().length];
        for (int ecg = 0; ecg < 4000; ecg++) {
            Set<Finding> findings = cohort.findings(ecg);
            Findings.check(findings);
            for (Finding a : findings) {
                counts.merge(a, 1, Integer::sum);
                for (Finding b : findings) {
                    both[a.ordinal()][b.ordinal()]++;
                }
            }
        }
        double usual = 4000 * 0.12 * Difficulty.STANDARD.company();
        counts.forEach((finding, n) -> assertTrue(n > 0.55 * usual && n < 1.45 * usual, finding + " " + n));
        for (Finding a : Finding.values()) {
            for (Finding b : Finding.values()) {
                assertTrue(a == b || both[a.ordinal()][b.ordinal()] < 0.35 * counts.get(a), a + " nearly implies " + b);
            }
        }
    }

    @Test
    void questionsTellTheTruthInSeveralWordings() {
        SyntheticCohort cohort = SyntheticCohort.of(60, Difficulty.STANDARD, Rng.of(222));
        EcgQa qa = cohort.questions();
        assertEquals(60 * Finding.values().length, qa.items().size());
        Set<String> wordings = new HashSet<>();
        Set<Integer> samples = new HashSet<>();
        for (QaItem item : qa.items()) {
            Finding finding = Finding.named(item.attributes().get(0)).orElseThrow();
            assertEquals(cohort.findings(item.ecgId()).contains(finding), item.isAnswered("yes"));
            assertTrue(SyntheticCohort.wordings(finding).contains(item.question()));
            assertTrue(item.question().contains(finding.text()));
            assertTrue(samples.add(item.sampleId()));
            wordings.add(item.question());
        }
        assertTrue(wordings.size() > 150, "wordings: " + wordings.size());
        assertFalse(wordings.stream().anyMatch(w -> !w.equals(w.toLowerCase(Locale.ROOT))));
    }

    @Test
    void whoAsksForSomeFindingsGetsTheSameQuestions() {
        SyntheticCohort cohort = SyntheticCohort.of(40, Difficulty.STANDARD, Rng.of(222));
        Set<Finding> some = EnumSet.of(Finding.PAUSE, Finding.ECHO, Finding.U_WAVES);
        Set<String> names = some.stream().map(Finding::text).collect(Collectors.toSet());
        assertEquals(
                cohort.questions().items().stream()
                        .filter(i -> names.containsAll(i.attributes()))
                        .toList(),
                cohort.questions(some).items());
    }
}
