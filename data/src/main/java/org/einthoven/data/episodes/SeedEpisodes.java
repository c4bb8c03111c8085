package org.einthoven.data.episodes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.einthoven.data.qa.ClassRules;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.QaItem;
import org.einthoven.data.qa.TaskClasses;
import org.einthoven.data.qa.TaskClasses.TaskClass;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;

/**
 * Tasks as the reference system cuts them (rows 13 to 17 of its protocol): N class keys at random, K + Q items of each drawn
 * WITH replacement, so that a query can repeat a support item, and every task twice in a row.
 */
public final class SeedEpisodes implements EpisodeSampler {
    private static final double TRAIN_SHARE = 0.8;
    private static final int COPIES = 2;

    private final List<TaskClass> classes;
    private final EpisodeShape shape;
    private final int repeats;
    private final IntFunction<String> patientOf;

    private SeedEpisodes(List<TaskClass> classes, EpisodeShape shape, int repeats, IntFunction<String> patientOf) {
        this.classes = List.copyOf(classes);
        this.shape = shape;
        this.repeats = repeats;
        this.patientOf = patientOf;
    }

    /**
     * @param repeats how many more times each support item is given ({@code --repeats}, 0 in the reference)
     * @param patientOf the patient of an ECG
     * @throws FormatException when a side has fewer classes than ways, saying what was dropped and why
     */
    public static EpisodePlan plan(
            EcgQa qa,
            ClassRules rules,
            SeedSplit split,
            EpisodeShape shape,
            int repeats,
            IntFunction<String> patientOf,
            Rng rng) {
        return plan(qa, List.of(rules), split, shape, repeats, patientOf, rng);
    }

    /** As above, of the classes of several question types together, each by its own rules. */
    public static EpisodePlan plan(
            EcgQa qa,
            List<ClassRules> rules,
            SeedSplit split,
            EpisodeShape shape,
            int repeats,
            IntFunction<String> patientOf,
            Rng rng) {
        TaskClasses all = TaskClasses.ofAll(qa, rules);
        List<TaskClass> classes = List.copyOf(all.classes().values());
        List<TaskClass> train = classes;
        List<TaskClass> test = classes;
        if (split == SeedSplit.AS_INTENDED) {
            int[] order = rng.split("class split").permutation(classes.size());
            int trained = (int) (classes.size() * TRAIN_SHARE);
            train = pick(classes, order, 0, trained);
            test = pick(classes, order, trained, classes.size());
        }
        need(qa, rules, all, shape, train, split == SeedSplit.AS_RELEASED ? "" : " on the training side");
        need(qa, rules, all, shape, test, split == SeedSplit.AS_RELEASED ? "" : " on the test side");
        SeedEpisodes trainSide = new SeedEpisodes(train, shape, repeats, patientOf);
        SeedEpisodes testSide = new SeedEpisodes(test, shape, repeats, patientOf);
        List<String> notes = new ArrayList<>(all.dropped());
        notes.add(
                split == SeedSplit.AS_RELEASED
                        ? "seed protocol as released: train and test hold the same " + classes.size() + " classes"
                        : "seed protocol as intended: " + train.size() + " classes for training, " + test.size()
                                + " for test");
        notes.add(
                "seed protocol: items are drawn with replacement, queries can repeat support items; each task comes twice");
        return new EpisodePlan(
                "seed",
                trainSide,
                testSide,
                Optional.empty(),
                Optional.empty(),
                false,
                LeakReport.between(trainSide, testSide),
                notes);
    }

    private static List<TaskClass> pick(List<TaskClass> classes, int[] order, int from, int to) {
        List<TaskClass> picked = new ArrayList<>();
        for (int i = from; i < to; i++) {
            picked.add(classes.get(order[i]));
        }
        return picked;
    }

    private static void need(
            EcgQa qa, List<ClassRules> rules, TaskClasses all, EpisodeShape shape, List<TaskClass> side, String which) {
        if (side.size() >= shape.ways()) {
            return;
        }
        List<String> dropped = all.dropped();
        throw new FormatException(
                qa.source(),
                FormatException.WHOLE_FILE,
                "classes",
                side.size() + which + ", " + shape.ways() + "-way tasks need " + shape.ways() + " ("
                        + rules.stream().map(ClassRules::toString).collect(Collectors.joining("; "))
                        + "); lower --n_way, --min-class-size or --min-question-size, or shorten --exclude-templates."
                        + (dropped.isEmpty()
                                ? ""
                                : " Dropped: " + String.join("; ", dropped.subList(0, Math.min(6, dropped.size())))
                                        + (dropped.size() > 6 ? "; and " + (dropped.size() - 6) + " more" : "")));
    }

    @Override
    public Episode sample(Rng rng, long index) {
        RandomGenerator random = rng.split(index / COPIES).stream();
        int[] order = Draw.permutation(classes.size(), random);
        List<String> ways = new ArrayList<>();
        List<List<Shot>> support = new ArrayList<>();
        List<List<Shot>> query = new ArrayList<>();
        for (int way = 0; way < shape.ways(); way++) {
            TaskClass chosen = classes.get(order[way]);
            ways.add(chosen.key());
            List<QaItem> group =
                    chosen.groups().get(random.nextInt(chosen.groups().size()));
            List<Shot> drawn = new ArrayList<>();
            for (int i = 0; i < shape.perClass(); i++) {
                QaItem item = group.get(random.nextInt(group.size()));
                String attribute = attribute(item);
                drawn.add(new Shot(item, way, attribute, attribute, patientOf.apply(item.ecgId()), List.of()));
            }
            for (int copy = 0; copy <= repeats; copy++) {
                support.add(drawn.subList(0, shape.shots()));
            }
            query.add(drawn.subList(shape.shots(), shape.perClass()));
        }
        return new Episode(index, ways, shuffled(support, random), shuffled(query, random));
    }

    private static String attribute(QaItem item) {
        return String.join("_", item.attributes().stream().sorted().toList());
    }

    /** The classes in random order, each class's items together: support and query each in an order of their own. */
    private static List<Shot> shuffled(List<List<Shot>> blocks, RandomGenerator random) {
        List<Shot> shots = new ArrayList<>();
        for (int i : Draw.permutation(blocks.size(), random)) {
            shots.addAll(blocks.get(i));
        }
        return shots;
    }

    /** The keys of the classes tasks are cut from. */
    public List<String> classKeys() {
        return classes.stream().map(TaskClass::key).toList();
    }

    @Override
    public EpisodeShape shape() {
        return shape;
    }

    @Override
    public SortedMap<String, String> concepts() {
        SortedMap<String, String> attributes = new TreeMap<>();
        items().forEach(item -> attributes.put(attribute(item), attribute(item)));
        return attributes;
    }

    @Override
    public Set<Integer> ecgs() {
        Set<Integer> ids = new TreeSet<>();
        items().forEach(item -> ids.add(item.ecgId()));
        return ids;
    }

    @Override
    public Set<String> patients() {
        Set<String> patients = new TreeSet<>();
        ecgs().forEach(ecg -> patients.add(patientOf.apply(ecg)));
        return patients;
    }

    private List<QaItem> items() {
        return classes.stream()
                .flatMap(c -> c.groups().stream())
                .flatMap(List::stream)
                .toList();
    }
}
