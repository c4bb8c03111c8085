package org.einthoven.data.ptbxl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.einthoven.data.PtbXl;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/**
 * Questions in the form of ECG-QA's, in our own words, made from PTB-XL's own labels: of all six types of attributes, and of
 * the three types of questions about one ECG. They depend on the two tables only.
 *
 * <ul>
 *   <li>verify: every attribute about every ECG where the labels tell; "not sure" where the labels are in doubt themselves
 *   <li>choose: pairs of attributes of one type that occur with and without each other ({@link AttributePairs}), where the
 *       labels tell of both
 *   <li>query: what a domain (a rhythm, say) is, where the labels leave no doubt about any of its attributes
 * </ul>
 *
 * Templates are numbered from 101 on, so that they never meet those of ECG-QA (1 to 70).
 */
public final class LabelQuestions {
    /** The names of PTB-XL's two tables. */
    public static final String TABLE = PtbXl.FILE;

    public static final String STATEMENTS = "scp_statements.csv";

    private static final int FIRST_TEMPLATE = 101;
    private static final int TEMPLATES_OF_A_TYPE = 10;
    private static final int CHOOSE_TEMPLATE = 1;
    private static final int QUERY_TEMPLATE = 2;
    private static final int QUESTIONS_OF_A_TEMPLATE = 100_000;
    private static final int LEVELS = 3;

    private final LabelTable table;
    private final List<AttributeType> types;
    private final List<QaItem> items = new ArrayList<>();

    private LabelQuestions(LabelTable table, ScpStatements scp) {
        this.table = table;
        this.types = List.of(
                new StatementType(scp),
                new NoiseType(),
                new StageType(scp),
                new ExtraSystoleType(),
                new HeartAxisType(),
                new NumericType());
    }

    /** All questions that the labels answer. */
    public static EcgQa of(LabelTable table, ScpStatements scp) {
        LabelQuestions questions = new LabelQuestions(table, scp);
        for (int type = 0; type < questions.types.size(); type++) {
            int template = FIRST_TEMPLATE + TEMPLATES_OF_A_TYPE * type;
            questions.verify(questions.types.get(type), template);
            questions.choose(questions.types.get(type), template + CHOOSE_TEMPLATE);
            questions.query(questions.types.get(type), template + QUERY_TEMPLATE);
        }
        return new EcgQa(table.source() + ", questions from labels", questions.items, List.of());
    }

    /**
     * As above, of the tables in {@code folder} or up to three folders above it.
     *
     * @throws FormatException when either table is not there, or malformed
     */
    public static EcgQa around(Path folder) {
        Path at = folder.toAbsolutePath().normalize();
        for (int level = 0; level <= LEVELS && at != null; level++, at = at.getParent()) {
            if (Files.isRegularFile(at.resolve(TABLE))) {
                return of(LabelTable.read(at.resolve(TABLE)), ScpStatements.read(at.resolve(STATEMENTS)));
            }
        }
        throw new FormatException(
                folder.toString(),
                FormatException.WHOLE_FILE,
                "labels",
                "no " + TABLE + " here or in " + LEVELS + " folders above; questions from labels need PTB-XL's tables, "
                        + TABLE + " and " + STATEMENTS);
    }

    private void verify(AttributeType type, int template) {
        List<String> attributes = type.attributes();
        List<List<String>> wordings = attributes.stream().map(type::verifying).toList();
        List<List<String>> asked = attributes.stream().map(List::of).toList();
        for (Labels labels : table.rows().values()) {
            Rng rng = wordings(labels, template);
            List<Integer> ecg = List.of(labels.ecg());
            for (int a = 0; a < attributes.size(); a++) {
                List<String> verdict = VERDICTS.get(type.truth(labels, attributes.get(a)));
                if (verdict != null) {
                    List<String> some = wordings.get(a);
                    String question = some.get(rng.split(a).stream().nextInt(some.size()));
                    add(type, template, a, QuestionType.SINGLE_VERIFY, question, verdict, ecg, asked.get(a));
                }
            }
        }
    }

    /** What is unknown has none, and is not asked. */
    private static final Map<Truth, List<String>> VERDICTS =
            Map.of(Truth.YES, List.of("yes"), Truth.NO, List.of("no"), Truth.UNSURE, List.of("not sure"));

    private void choose(AttributeType type, int template) {
        List<AttributePairs.Pair> pairs = AttributePairs.of(type, table);
        for (Labels labels : table.rows().values()) {
            Rng rng = wordings(labels, template);
            for (int p = 0; p < pairs.size(); p++) {
                AttributePairs.Pair pair = pairs.get(p);
                int draw = rng.split(p).stream().nextInt(2 * CHOOSING.size());
                List<String> offered =
                        draw % 2 == 0 ? List.of(pair.first(), pair.second()) : List.of(pair.second(), pair.first());
                if (type.isSettled(labels, offered)) {
                    List<String> shown = type.shown(labels, offered);
                    add(
                            type,
                            template,
                            p,
                            QuestionType.SINGLE_CHOOSE,
                            CHOOSING.get(draw / 2).formatted(offered.get(0), offered.get(1)),
                            shown.isEmpty() ? List.of("none") : shown,
                            List.of(labels.ecg()),
                            offered);
                }
            }
        }
    }

    private static final List<String> CHOOSING = List.of(
            "Which does this ECG show, %s or %s?",
            "What do you see in this tracing, %s or %s?", "Which of the two would you report here, %s or %s?");

    /** In one wording each, since tasks are cut from the answers to one question in one wording. */
    private void query(AttributeType type, int template) {
        SequencedMap<String, List<String>> domains = type.domains();
        for (Labels labels : table.rows().values()) {
            int number = 0;
            for (Map.Entry<String, List<String>> domain : domains.entrySet()) {
                List<String> all = domain.getValue();
                if (type.isSettled(labels, all)) {
                    List<String> shown = type.shown(labels, all);
                    add(
                            type,
                            template,
                            number,
                            QuestionType.SINGLE_QUERY,
                            "Which " + domain.getKey() + " does this ECG show?",
                            shown.isEmpty() ? List.of("none") : shown,
                            List.of(labels.ecg()),
                            all);
                }
                number++;
            }
        }
    }

    /** The draw of wordings, by ECG and template only, so that no item depends on which others there are. */
    private static Rng wordings(Labels labels, int template) {
        return Rng.of(0).split("wordings").split(labels.ecg()).split(template);
    }

    private void add(
            AttributeType type,
            int template,
            int number,
            QuestionType questionType,
            String question,
            List<String> answer,
            List<Integer> ecg,
            List<String> attributes) {
        items.add(new QaItem(
                template,
                template * QUESTIONS_OF_A_TEMPLATE + number,
                items.size(),
                questionType,
                type.label(),
                question,
                answer,
                ecg,
                attributes));
    }
}
