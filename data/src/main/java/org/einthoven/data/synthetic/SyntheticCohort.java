package org.einthoven.data.synthetic;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.episodes.Concepts;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.Rng;

/**
 * A data set of synthetic ECGs: patients with a few recordings each, the findings of every recording, and yes/no questions
 * about all of them. Recording {@code i} depends on the seed and on i only and is made when it is asked for.
 *
 * @param ecgs how many recordings; their ids are 0 .. ecgs - 1
 * @param perPatient recordings of one patient
 * @param never findings that no recording has
 */
public record SyntheticCohort(SyntheticEcg synthesiser, int ecgs, int perPatient, Set<Finding> never, Rng rng) {
    public SyntheticCohort {
        never = Set.copyOf(never);
        if (ecgs < 1 || perPatient < 1) {
            throw new IllegalArgumentException(
                    "SyntheticCohort: at least one ECG and one per patient: " + ecgs + ", " + perPatient);
        }
    }

    /** {@code ecgs} recordings of 5 s, two of each patient. */
    public static SyntheticCohort of(int ecgs, Difficulty difficulty, Rng rng) {
        return new SyntheticCohort(SyntheticEcg.standard(difficulty), ecgs, 2, Set.of(), rng);
    }

    /** As this, but no recording has any of {@code findings}: for training without what is held out. */
    public SyntheticCohort without(Set<Finding> findings) {
        return new SyntheticCohort(synthesiser, ecgs, perPatient, findings, rng);
    }

    /** What recording {@code ecg} shows. */
    public Set<Finding> findings(int ecg) {
        Set<Finding> drawn = EnumSet.noneOf(Finding.class);
        drawn.addAll(synthesiser.findings(recording(ecg)));
        drawn.removeAll(never);
        return drawn;
    }

    /** The patient of recording {@code ecg}. */
    public String patient(int ecg) {
        return "p" + ecg / perPatient;
    }

    /** Recording {@code ecg}, [12][2500] in mV. */
    public EcgRecord record(int ecg) {
        return synthesiser.record(
                "s" + ecg, patient(ecg), rng.split("patient").split(ecg / perPatient), findings(ecg), recording(ecg));
    }

    private Rng recording(int ecg) {
        return rng.split("recording").split(ecg);
    }

    /** One question about every finding for every recording, its wording at random. */
    public EcgQa questions() {
        return questions(EnumSet.allOf(Finding.class));
    }

    /** Those of the {@link #questions()} that ask for one of {@code about}. */
    public EcgQa questions(Set<Finding> about) {
        List<QaItem> items = new ArrayList<>();
        for (int ecg = 0; ecg < ecgs; ecg++) {
            Set<Finding> findings = findings(ecg);
            RandomGenerator random = recording(ecg).split("wording").stream();
            for (Finding finding : Finding.values()) {
                int template = random.nextInt(Wording.templates(finding).size());
                if (!about.contains(finding)) {
                    continue; // drawn all the same, so that a question is the same whoever asks
                }
                items.add(new QaItem(
                        1 + finding.kind().ordinal(),
                        finding.ordinal(),
                        ecg * Finding.values().length + finding.ordinal(),
                        QuestionType.SINGLE_VERIFY,
                        finding.kind().name().toLowerCase(Locale.ROOT),
                        Wording.question(finding, template),
                        List.of(findings.contains(finding) ? "yes" : "no"),
                        List.of(ecg),
                        List.of(finding.text())));
            }
        }
        return new EcgQa("synthetic cohort", items, List.of());
    }

    /**
     * Questions that offer two findings: which of them does the recording show, both, or none? Every pair is asked about
     * every recording. Enough recordings show both only where {@link Difficulty#company()} is a few tenths.
     *
     * @param about the findings that are offered
     * @param partners how many others each finding is paired with
     */
    public EcgQa choices(Set<Finding> about, int partners) {
        List<Choices.Pair> pairs = Choices.pairs(about, partners);
        List<QaItem> items = new ArrayList<>();
        for (int ecg = 0; ecg < ecgs; ecg++) {
            Set<Finding> findings = findings(ecg);
            Rng rng = recording(ecg).split("choices");
            for (Choices.Pair pair : pairs) {
                items.add(Choices.item(pair, ecg, findings, items.size(), rng));
            }
        }
        return new EcgQa("synthetic cohort, choices", items, List.of());
    }

    /**
     * Open questions: which finding of a kind does the recording show? Asked where it shows exactly one, and that one of
     * {@code about}.
     */
    public EcgQa queries(Set<Finding> about) {
        List<QaItem> items = new ArrayList<>();
        for (int ecg = 0; ecg < ecgs; ecg++) {
            Set<Finding> findings = findings(ecg);
            Rng rng = recording(ecg).split("queries");
            for (Finding.Kind kind : Finding.Kind.values()) {
                Queries.item(kind, about, ecg, findings, items.size(), rng).ifPresent(items::add);
            }
        }
        return new EcgQa("synthetic cohort, queries", items, List.of());
    }

    /** Which findings are one thing, for a split by attribute. */
    public static Concepts concepts() {
        return Concepts.of(Finding.concepts());
    }

    /** All wordings of questions about {@code finding}, for those who teach a model to read them. */
    public static List<String> wordings(Finding finding) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < Wording.templates(finding).size(); i++) {
            all.add(Wording.question(finding, i));
        }
        return all;
    }
}
