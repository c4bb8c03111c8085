package org.einthoven.cli.demo;

import java.util.Arrays;
import java.util.List;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.models.text.BpeTrainer;

/** The words of the demo: names of findings, wordings of questions, yes and no. */
final class Vocabulary {
    /** Enough for every word to become one token. */
    private static final int MERGES = 4000;

    /** As {@code ask} puts a question. */
    static final String WRAPPED = "Question: %s Answer:";

    private Vocabulary() {}

    /** Names of all findings, held-out ones too: a real language model also knows their words from text. */
    static List<String> phrases() {
        return Arrays.stream(Finding.values()).map(Finding::text).toList();
    }

    /** Wordings of questions with {@code %s} for the finding. */
    static List<String> questions() {
        return Arrays.stream(Finding.values())
                .flatMap(f -> SyntheticCohort.wordings(f).stream().map(q -> q.replace(f.text(), "%s")))
                .distinct()
                .toList();
    }

    /** A {@code tokenizer.json} learnt from all questions there are. */
    static String tokenizerJson() {
        BpeTrainer trainer = new BpeTrainer().add(" yes no");
        for (String phrase : phrases()) {
            trainer.add(" " + phrase);
            trainer.add(WRAPPED.formatted(phrase));
            questions().forEach(q -> trainer.add(q.formatted(phrase)));
        }
        return trainer.tokenizerJson(MERGES, "<|begin_of_text|>", "<|end_of_text|>");
    }
}
