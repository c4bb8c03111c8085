import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaWriter;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.QuestionType;
import org.einthoven.data.synthetic.Difficulty;
import org.einthoven.data.synthetic.Finding;
import org.einthoven.data.synthetic.SyntheticCohort;
import org.einthoven.data.synthetic.SyntheticEcg;
import org.einthoven.data.wfdb.WfdbWriter;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Workers;

/**
 * The data of the strict table: for each question type a folder with questions.json.gz as ECG-QA publishes them, concepts.csv, and
 * records/ in WFDB, every recording of a patient of its own. After a build (./einthoven --help makes one), from the top of the
 * checkout:
 *
 * <pre>
 * java -p cli/target/app --add-modules org.einthoven.data,jdk.incubator.vector \
 *     examples/study/SyntheticStudy.java FOLDER [verify|choose|query|all [RECORDINGS]]
 * </pre>
 *
 * What a recording shows is drawn so that crossed tasks can be cut from a few thousand of them:
 *
 * <ul>
 *   <li>verify: two findings; asked for these, and for thirty that it does not show
 *   <li>choose: findings stand in families of five, groups of concepts.csv; a recording shows two findings of a family and is asked
 *       about every pair of it, so that each has both, none, and either alone. No finding is in two families, nor two findings of one
 *       concept: a split by group asks in test about nothing that training asks about
 *   <li>query: one finding, and one question for all
 * </ul>
 */
final class SyntheticStudy {
    private static final long SEED = 222;
    private static final int SHOWN = 2;
    private static final int ABSENT = 30;
    private static final int FAMILIES = 22;
    private static final int MEMBERS = 5;

    private static final List<String> CHOICES = List.of(
            "which does this ecg show, %1$s or %2$s?",
            "is it %1$s or %2$s that this ecg shows?",
            "what can you see here, %1$s or %2$s?",
            "which of these would you report, %1$s or %2$s?");
    private static final String QUERY = "which finding does this ecg show?";

    /** A question type: which folder, how many recordings, what each shows and is asked. */
    private enum Type {
        VERIFY(5000),
        CHOOSE(13200),
        QUERY(7000);

        final int recordings;

        Type(int recordings) {
            this.recordings = recordings;
        }

        String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Two findings that are offered together, in alphabetical order. */
    private record Pair(int number, int family, Finding first, Finding second) {}

    private final Rng rng;
    private final Type type;
    private final List<Pair> pairs;

    private SyntheticStudy(Type type) {
        this.rng = Rng.of(SEED).split("strict study").split(type.folder());
        this.type = type;
        this.pairs = pairs(rng.split("pairs"));
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        String which = args.length > 1 ? args[1] : "all";
        for (Type type : Type.values()) {
            if (which.equals("all") || which.equals(type.folder())) {
                int recordings = args.length > 2 ? Integer.parseInt(args[2]) : type.recordings;
                new SyntheticStudy(type).write(folder.resolve(type.folder()), recordings);
            }
        }
    }

    private void write(Path folder, int recordings) throws IOException {
        Path records = Files.createDirectories(folder.resolve("records"));
        List<List<QaItem>> items = new ArrayList<>();
        List<Set<Finding>> shown = new ArrayList<>();
        for (int ecg = 1; ecg <= recordings; ecg++) {
            shown.add(findings(ecg, rng.split("findings").split(ecg).stream()));
            items.add(questions(ecg, shown.getLast(), rng.split("questions").split(ecg).stream()));
        }
        SyntheticEcg synthesiser = SyntheticEcg.standard(Difficulty.STANDARD);
        Workers.forEach(recordings, i -> {
            String name = "%05d".formatted(i + 1);
            Rng own = rng.split("recording").split(i + 1);
            EcgRecord record = synthesiser.record(name, "p" + name, own.split("patient"), shown.get(i), own);
            try {
                WfdbWriter.write(record, name, records);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        List<QaItem> all = items.stream().flatMap(List::stream).toList();
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("questions.json.gz")))) {
            EcgQaWriter.write(new EcgQa("strict study", all, List.of()), out);
        }
        Files.writeString(folder.resolve("concepts.csv"), concepts());
        System.out.println(folder + ": " + recordings + " recordings, " + all.size() + " questions");
    }

    /** What is one thing: the findings of one concept; where pairs are offered, each finding is one, in the group of its family. */
    private String concepts() {
        Map<String, String> concepts = new LinkedHashMap<>();
        if (type == Type.CHOOSE) {
            pairs.forEach(p -> List.of(p.first, p.second)
                    .forEach(f -> concepts.put(f.text(), "family %02d/%s".formatted(p.family, f.concept()))));
        } else {
            Arrays.stream(Finding.values()).forEach(f -> concepts.put(f.text(), f.concept()));
        }
        StringBuilder csv = new StringBuilder("pattern,concept\n");
        concepts.forEach((text, concept) -> csv.append("^%s$,%s\n".formatted(text, concept)));
        return csv.toString();
    }

    // ---------------------------------------------------------------- what is shown

    private Set<Finding> findings(int ecg, RandomGenerator random) {
        if (type == Type.CHOOSE) { // every pair is shown by as many
            Pair pair = pairs.get((ecg - 1) % pairs.size());
            return EnumSet.of(pair.first, pair.second);
        }
        while (true) {
            Set<Finding> drawn = some(type == Type.VERIFY ? SHOWN : 1, random);
            if (SyntheticEcg.canBeTogether(drawn)) {
                return drawn;
            }
        }
    }

    private static Set<Finding> some(int n, RandomGenerator random) {
        Set<Finding> some = EnumSet.noneOf(Finding.class);
        while (some.size() < n) {
            some.add(Finding.values()[random.nextInt(Finding.values().length)]);
        }
        return some;
    }

    /** All pairs of each family. */
    private static List<Pair> pairs(Rng rng) {
        List<Pair> pairs = new ArrayList<>();
        List<List<Finding>> families = families(rng);
        for (int family = 0; family < FAMILIES; family++) {
            List<Finding> members = families.get(family);
            for (Finding one : members) {
                for (Finding other : members) {
                    if (one.text().compareTo(other.text()) < 0) {
                        pairs.add(new Pair(pairs.size(), family, one, other));
                    }
                }
            }
        }
        return pairs;
    }

    /** Findings any two of which can be together: of each concept one, in random order, and of these the first that fit. */
    private static List<List<Finding>> families(Rng rng) {
        Map<String, Finding> ofConcept = new LinkedHashMap<>();
        for (int i : rng.permutation(Finding.values().length)) {
            ofConcept.putIfAbsent(Finding.values()[i].concept(), Finding.values()[i]);
        }
        List<Finding> left = new ArrayList<>(ofConcept.values());
        List<List<Finding>> families = new ArrayList<>();
        while (families.size() < FAMILIES) {
            List<Finding> family = new ArrayList<>();
            for (Finding f : left) {
                if (family.size() < MEMBERS && family.stream().allMatch(m -> SyntheticEcg.canBeTogether(Set.of(m, f)))) {
                    family.add(f);
                }
            }
            if (family.size() < MEMBERS) {
                throw new IllegalStateException("nothing fits to " + family + "; fewer families, or another seed");
            }
            left.removeAll(family);
            families.add(family);
        }
        return families;
    }

    // ---------------------------------------------------------------- what is asked

    private List<QaItem> questions(int ecg, Set<Finding> shown, RandomGenerator random) {
        return switch (type) {
            case VERIFY -> verify(ecg, shown, random);
            case CHOOSE -> pairs.stream()
                    .filter(p -> p.family == pairs.get((ecg - 1) % pairs.size()).family)
                    .map(p -> choose(ecg, shown, p, random))
                    .toList();
            case QUERY -> {
                String answer = shown.iterator().next().text();
                yield List.of(item(ecg, 0, QuestionType.SINGLE_QUERY, QUERY, List.of(answer), List.of(answer)));
            }
        };
    }

    private static List<QaItem> verify(int ecg, Set<Finding> shown, RandomGenerator random) {
        Set<Finding> asked = EnumSet.copyOf(shown);
        while (asked.size() < SHOWN + ABSENT) {
            asked.addAll(some(1, random));
        }
        List<QaItem> items = new ArrayList<>();
        for (Finding f : asked) {
            List<String> wordings = SyntheticCohort.wordings(f);
            items.add(item(
                    ecg,
                    f.ordinal(),
                    QuestionType.SINGLE_VERIFY,
                    wordings.get(random.nextInt(wordings.size())),
                    List.of(shown.contains(f) ? "yes" : "no"),
                    List.of(f.text())));
        }
        return items;
    }

    private static QaItem choose(int ecg, Set<Finding> shown, Pair pair, RandomGenerator random) {
        boolean turned = random.nextBoolean();
        List<Finding> offered = turned ? List.of(pair.second, pair.first) : List.of(pair.first, pair.second);
        List<String> names = offered.stream().map(Finding::text).toList();
        List<String> answer = offered.stream().filter(shown::contains).map(Finding::text).toList();
        String wording = CHOICES.get(random.nextInt(CHOICES.size())).formatted(names.get(0), names.get(1));
        return item(
                ecg,
                pair.number,
                QuestionType.SINGLE_CHOOSE,
                wording,
                answer.isEmpty() ? List.of("none") : answer,
                names);
    }

    private static QaItem item(
            int ecg, int question, QuestionType type, String wording, List<String> answer, List<String> attributes) {
        int sample = ecg * 1000 + question;
        return new QaItem(
                1 + type.ordinal(), question, sample, type, "finding", wording, answer, List.of(ecg), attributes);
    }
}
