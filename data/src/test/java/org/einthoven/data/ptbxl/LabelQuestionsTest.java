package org.einthoven.data.ptbxl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.einthoven.data.EcgLibrary;
import org.einthoven.data.RealData;
import org.einthoven.data.Refused;
import org.einthoven.data.episodes.EpisodePlan;
import org.einthoven.data.episodes.EpisodeShape;
import org.einthoven.data.episodes.Split;
import org.einthoven.data.episodes.StrictEpisodes;
import org.einthoven.data.episodes.StrictRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaReader;
import org.einthoven.data.qa.EcgQaWriter;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelQuestionsTest {
    private static final String HEADER =
            "ecg_id,patient_id,scp_codes,heart_axis,infarction_stadium1,infarction_stadium2,"
                    + "baseline_drift,static_noise,burst_noise,electrodes_problems,extra_beats,strat_fold,filename_lr,filename_hr\n";
    private static final String SCP = ",description,diagnostic,form,rhythm,diagnostic_class\n"
            + "NORM,normal ECG,1.0,,,NORM\n"
            + "IMI,inferior myocardial infarction,1.0,,,MI\n"
            + "CLBBB,complete left bundle branch block,1.0,,,CD\n"
            + "LVOLT,low QRS voltages,,1.0,,\n"
            + "SR,sinus rhythm,,,1.0,\n"
            + "SBRAD,sinus bradycardia,,,1.0,\n";

    @TempDir
    Path folder;

    private EcgQa questions(String... rows) {
        try {
            Files.writeString(folder.resolve(LabelQuestions.TABLE), HEADER + String.join("", rows));
            Files.writeString(folder.resolve(LabelQuestions.STATEMENTS), SCP);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return LabelQuestions.around(folder);
    }

    private static String row(int ecg, String codes, String rest) {
        return ecg + "," + (100 + ecg) + ".0,\"{" + codes + "}\"," + rest + ",7,lr,hr\n";
    }

    /** The answers to the yes-no questions about one ECG, by attribute. */
    private static Map<String, String> verdicts(EcgQa qa, int ecg) {
        return qa.items().stream()
                .filter(i -> i.questionType() == QuestionType.SINGLE_VERIFY && i.ecgId() == ecg)
                .collect(Collectors.toMap(i -> i.attributes().get(0), QaItem::answerText, (a, b) -> a, TreeMap::new));
    }

    @Test
    void statementsAreYesNoOrInDoubt() {
        EcgQa qa = questions(
                row(1, "'NORM': 100.0, 'SR': 0.0", ",,,,,,,"), row(2, "'IMI': 50.0, 'LVOLT': 0.0", ",,,,,,,"));
        Map<String, String> first = verdicts(qa, 1);
        assertEquals("yes", first.get("normal ecg"));
        assertEquals("yes", first.get("sinus rhythm"), "a rhythm that is listed, its likelihood 0");
        assertEquals("no", first.get("inferior myocardial infarction"));
        assertEquals("no", first.get("myocardial infarction"));
        Map<String, String> second = verdicts(qa, 2);
        assertEquals("not sure", second.get("inferior myocardial infarction"), "a diagnosis of 50 %");
        assertEquals("not sure", second.get("myocardial infarction"), "and its superclass");
        assertEquals("yes", second.get("low qrs voltages"));
        assertFalse(
                qa.items().stream()
                        .anyMatch(i -> i.ecgId() == 2
                                && i.questionType() == QuestionType.SINGLE_QUERY
                                && i.question().contains("diagnosis")),
                "an open question is asked only where nothing is in doubt");
    }

    @Test
    void theOtherFiveTypes() {
        EcgQa qa = questions(
                row(1, "'NORM': 100.0, 'SR': 0.0", "MID,,,,\" , I-V1,  \",,,"),
                row(2, "'IMI': 100.0, 'CLBBB': 100.0, 'SBRAD': 0.0", "LAD,Stadium II-III,,V1,,,,2SVES"),
                row(3, "'IMI': 100.0", ",unknown,,,,,,1ES"),
                row(4, "'IMI': 100.0, 'SR': 0.0", "SAG,,,,,,,"));
        Map<String, String> first = verdicts(qa, 1);
        assertEquals("yes", first.get("static noise"));
        assertEquals("no", first.get("baseline drift"));
        assertEquals("yes", first.get("normal heart axis"));
        assertEquals("no", first.get("extrasystoles"));
        assertEquals("no", first.get("old stage of myocardial infarction"));
        assertEquals("yes", first.get("within the normal range of qrs duration"));
        assertEquals("no", first.get("above the normal range of rr interval"));
        Map<String, String> second = verdicts(qa, 2);
        assertEquals("yes", second.get("baseline drift"));
        assertEquals("yes", second.get("left axis deviation"));
        assertEquals("yes", second.get("middle stage of myocardial infarction"));
        assertEquals("yes", second.get("supraventricular extrasystoles"));
        assertEquals("no", second.get("ventricular extrasystoles"));
        assertEquals("yes", second.get("extrasystoles"));
        assertEquals("yes", second.get("above the normal range of qrs duration"));
        assertEquals("yes", second.get("above the normal range of rr interval"));
        assertFalse(second.containsKey("within the normal range of pr interval"), "nothing implies it");
        Map<String, String> third = verdicts(qa, 3);
        assertEquals("not sure", third.get("old stage of myocardial infarction"));
        assertEquals("yes", third.get("extrasystoles"));
        assertFalse(third.containsKey("ventricular extrasystoles"), "of unstated origin");
        assertFalse(third.containsKey("normal heart axis"), "not stated");
        Map<String, String> fourth = verdicts(qa, 4);
        assertFalse(fourth.containsKey("old stage of myocardial infarction"), "an infarction without a stage");
        assertFalse(fourth.containsKey("left axis deviation"), "a sagittal position is none of the four");
    }

    @Test
    void openQuestionsAndPairs() {
        String[] rows = new String[8];
        for (int i = 0; i < rows.length; i++) { // every outcome of the pair twice
            rows[i] = row(i + 1, "'SR': 0.0", ",,," + (i % 2 == 0 ? "V1" : "") + "," + (i % 4 < 2 ? "V2" : "") + ",,,");
        }
        EcgQa qa = questions(rows);
        Map<String, Integer> chosen = new TreeMap<>();
        Map<String, Integer> asked = new TreeMap<>();
        for (QaItem item : qa.items()) {
            assertTrue(item.templateId() > 100, "apart from ECG-QA's templates");
            if (item.questionType() == QuestionType.SINGLE_CHOOSE) {
                assertEquals(Set.of("baseline drift", "static noise"), Set.copyOf(item.attributes()));
                chosen.merge(new TreeSet<>(item.answer()).toString(), 1, Integer::sum);
            } else if (item.question().equals("Which noise does this ECG show?")) {
                asked.merge(item.answerText(), 1, Integer::sum);
            }
        }
        assertEquals(
                Map.of("[baseline drift]", 2, "[static noise]", 2, "[baseline drift, static noise]", 2, "[none]", 2),
                chosen);
        assertEquals(
                Map.of("baseline drift", 2, "static noise", 2, "baseline drift, static noise", 2, "none", 2), asked);
    }

    @Test
    void theTablesAloneTellTheQuestions() {
        String one = row(1, "'NORM': 100.0, 'SR': 0.0", ",,,,,,,");
        List<QaItem> alone = questions(one).items();
        List<QaItem> beside = questions(one, row(2, "'SR': 0.0", ",,,,,,,")).items().stream()
                .filter(i -> i.ecgId() == 1)
                .toList();
        assertEquals(
                alone.stream().map(QaItem::question).toList(),
                beside.stream().map(QaItem::question).toList());
    }

    @Test
    void writtenQuestionsAreReadBack() throws IOException {
        EcgQa qa = questions(row(1, "'NORM': 100.0, 'SR': 0.0", "MID,,,,,,,"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EcgQaWriter.write(qa, out);
        Path file = Files.write(folder.resolve("questions.json"), out.toByteArray());
        assertEquals(qa.items(), EcgQaReader.read(file).items());
    }

    @Test
    void malformedTablesAreRefused() {
        Refused.with(() -> questions("1,2.0,[],,,,,,,,,7,lr,hr\n"), "row 1, scp_codes: must be codes with likelihoods");
        Refused.with(() -> questions(row(1, "'NORM' 100", ",,,,,,,")), "scp_codes: is malformed at its character 1");
        Refused.with(() -> questions(row(1, "'SR': 0.0, 'SR': 0.0", ",,,,,,,")), "SR has a likelihood beyond 100 %");
        Refused.with(() -> questions(row(1, "'SR': 101.0", ",,,,,,,")), "SR has a likelihood beyond 100 %");
        Refused.with(() -> questions("x" + row(1, "", ",,,,,,,")), "ecg_id: 'x1' is not a number");
        Refused.with(() -> questions("1,2.0,{}\n"), "row 1: ends before baseline_drift");
        Refused.with(() -> questions(row(1, "", ",,,,,,,"), row(1, "", ",,,,,,,")), "row 2, ecg_id: 1 is there twice");
        Refused.with(() -> LabelQuestions.around(folder.resolve("a/b/c/d/e")), "no ptbxl_database.csv here");
    }

    @Test
    void realTablesGiveEveryTypeAndCrossedTasks() {
        EcgLibrary ecgs = EcgLibrary.open(RealData.at("ptbxl", "records500"));
        EcgQa qa = LabelQuestions.around(RealData.at("ptbxl", "records500")).about(ecgs::has);
        Map<String, Set<String>> types = new TreeMap<>();
        qa.items().forEach(i -> types.computeIfAbsent(i.attributeType(), t -> new TreeSet<>())
                .add(i.questionType().label()));
        assertEquals(
                Set.of("scp_code", "noise", "stage_of_infarction", "extra_systole", "heart_axis", "numeric_feature"),
                types.keySet());
        assertEquals(Set.of("single-verify", "single-choose", "single-query"), types.get("scp_code"));
        EpisodePlan verify = StrictEpisodes.plan(
                qa, StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(2, 2, 2)), ecgs::patient, Rng.of(222));
        assertTrue(verify.crossed());
        assertEquals(0, verify.leaks().sharedPatients());
        assertTrue(verify.notes().stream().anyMatch(n -> n.contains("answered neither yes nor no, reported apart")));
        EpisodePlan query = StrictEpisodes.plan(
                qa,
                StrictRules.of(Split.PATIENT, new EpisodeShape(3, 2, 2)).withTypes(Set.of(QuestionType.SINGLE_QUERY)),
                ecgs::patient,
                Rng.of(222));
        assertTrue(query.crossed());
        EpisodePlan choose = StrictEpisodes.plan(
                qa,
                StrictRules.of(Split.PATIENT, new EpisodeShape(2, 2, 2)).withTypes(Set.of(QuestionType.SINGLE_CHOOSE)),
                ecgs::patient,
                Rng.of(222));
        assertFalse(choose.crossed(), "too few of these 300 show two pairs");
    }

    @Test
    void eachGroupOfRealAttributesIsLeftOutOrNamedAsTooFew() {
        EcgLibrary ecgs = EcgLibrary.open(RealData.at("ptbxl", "records500"));
        EcgQa qa = LabelQuestions.around(RealData.at("ptbxl", "records500")).about(ecgs::has);
        StrictRules rules = StrictRules.of(Split.ATTRIBUTE, new EpisodeShape(1, 5, 1));
        EpisodePlan noise = StrictEpisodes.plan(qa, rules.leavingOut("noise"), ecgs::patient, Rng.of(222));
        assertTrue(noise.crossed());
        assertEquals(0, noise.leaks().sharedPatients() + noise.leaks().sharedAttributes());
        assertEquals(Set.of("noise"), Set.copyOf(noise.test().concepts().values()));
        EpisodePlan conduction = StrictEpisodes.plan(qa, rules.leavingOut("conduction"), ecgs::patient, Rng.of(222));
        assertTrue(
                conduction.test().concepts().containsKey("conduction disturbance"), "a superclass is asked about too");
        assertFalse(conduction.train().concepts().keySet().stream().anyMatch(a -> a.contains("block")));
        Refused.with(
                () -> StrictEpisodes.plan(qa, rules.leavingOut("voltage"), ecgs::patient, Rng.of(222)),
                "too few items: 1-way 5-shot (1 queries) tasks about voltage cannot be cut",
                "low qrs voltages in the frontal and horizontal leads: 3 yes (3 patients)");
        Refused.with(
                () -> StrictEpisodes.plan(qa, rules.leavingOut("HYP"), ecgs::patient, Rng.of(222)),
                "--leave-out HYP: is no group of attributes",
                "conduction, extrasystole, hypertrophy, infarction, noise");
    }
}
