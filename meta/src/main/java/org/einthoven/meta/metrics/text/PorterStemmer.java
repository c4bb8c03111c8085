package org.einthoven.meta.metrics.text;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Stems of English words: suffixes taken off in five steps (Porter, "An algorithm for suffix stripping", Program 14, 1980),
 * with the departures that NLTK 3.8 makes by default: a table of irregular words, words of one or two letters kept, and the
 * rules marked below.
 */
public final class PorterStemmer {
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("innings", "inning"),
            Map.entry("inning", "inning"),
            Map.entry("outings", "outing"),
            Map.entry("outing", "outing"),
            Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    /** A suffix, what takes its place, and what must hold of the rest. The first rule whose suffix fits decides. */
    private record Rule(String suffix, String by, Predicate<String> when) {
        static Rule of(String suffix, String by) {
            return new Rule(suffix, by, stem -> measure(stem) > 0);
        }

        /** For step 4. */
        static Rule off(String suffix) {
            return new Rule(suffix, "", stem -> measure(stem) > 1);
        }

        static Rule always(String suffix, String by) {
            return new Rule(suffix, by, stem -> true);
        }

        String rest(String word) {
            return word.substring(0, word.length() - suffix.length());
        }
    }

    private static final List<Rule> PLURALS =
            List.of(Rule.always("sses", "ss"), Rule.always("ies", "i"), Rule.always("ss", "ss"), Rule.always("s", ""));

    private static final List<Rule> STEP_2 = List.of(
            Rule.of("ational", "ate"),
            Rule.of("tional", "tion"),
            Rule.of("enci", "ence"),
            Rule.of("anci", "ance"),
            Rule.of("izer", "ize"),
            Rule.of("bli", "ble"), // NLTK; Porter: abli to able
            Rule.of("alli", "al"),
            Rule.of("entli", "ent"),
            Rule.of("eli", "e"),
            Rule.of("ousli", "ous"),
            Rule.of("ization", "ize"),
            Rule.of("ation", "ate"),
            Rule.of("ator", "ate"),
            Rule.of("alism", "al"),
            Rule.of("iveness", "ive"),
            Rule.of("fulness", "ful"),
            Rule.of("ousness", "ous"),
            Rule.of("aliti", "al"),
            Rule.of("iviti", "ive"),
            Rule.of("biliti", "ble"),
            Rule.of("fulli", "ful"), // NLTK
            new Rule("logi", "log", stem -> measure(stem + "l") > 0)); // NLTK; the l belongs to the stem here

    private static final List<Rule> STEP_3 = List.of(
            Rule.of("icate", "ic"),
            Rule.of("ative", ""),
            Rule.of("alize", "al"),
            Rule.of("iciti", "ic"),
            Rule.of("ical", "ic"),
            Rule.of("ful", ""),
            Rule.of("ness", ""));

    private static final List<Rule> STEP_4 = List.of(
            Rule.off("al"),
            Rule.off("ance"),
            Rule.off("ence"),
            Rule.off("er"),
            Rule.off("ic"),
            Rule.off("able"),
            Rule.off("ible"),
            Rule.off("ant"),
            Rule.off("ement"),
            Rule.off("ment"),
            Rule.off("ent"),
            new Rule("ion", "", stem -> measure(stem) > 1 && (stem.endsWith("s") || stem.endsWith("t"))),
            Rule.off("ou"),
            Rule.off("ism"),
            Rule.off("ate"),
            Rule.off("iti"),
            Rule.off("ous"),
            Rule.off("ive"),
            Rule.off("ize"));

    private PorterStemmer() {}

    /** The stem of a word, in lower case. */
    public static String stem(String word) {
        String w = word.toLowerCase(Locale.ROOT);
        if (IRREGULAR.containsKey(w)) {
            return IRREGULAR.get(w);
        }
        if (w.length() <= 2) {
            return w;
        }
        String plain = finalY(pastAndProgressive(plural(w)));
        return doubleL(finalE(apply(STEP_4, apply(STEP_3, derived(plain)))));
    }

    /** Step 1a: plurals. */
    private static String plural(String w) {
        return w.endsWith("ies") && w.length() == 4 ? cut(w, 1) : apply(PLURALS, w); // NLTK: ties to tie
    }

    /** Step 1b: -eed, -ed and -ing, and what they leave behind. */
    private static String pastAndProgressive(String w) {
        if (w.endsWith("ied")) { // NLTK: died to die, spied to spi
            return cut(w, w.length() == 4 ? 1 : 2);
        }
        if (w.endsWith("eed")) {
            return measure(cut(w, 3)) > 0 ? cut(w, 1) : w;
        }
        int suffix = w.endsWith("ed") ? 2 : w.endsWith("ing") ? 3 : 0;
        String stem = cut(w, suffix);
        if (suffix == 0 || !hasVowel(stem)) {
            return w;
        }
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsInDoubleConsonant(stem)) {
            return "lsz".indexOf(stem.charAt(stem.length() - 1)) < 0 ? cut(stem, 1) : stem;
        }
        return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
    }

    /** Step 1c: y to i behind a consonant that is not the first letter (NLTK; Porter: behind any stem with a vowel). */
    private static String finalY(String w) {
        String stem = cut(w, 1);
        return w.endsWith("y") && stem.length() > 1 && isConsonant(stem, stem.length() - 1) ? stem + "i" : w;
    }

    /** Step 2. NLTK takes what -alli becomes through the step once more. */
    private static String derived(String w) {
        return w.endsWith("alli") && measure(cut(w, 4)) > 0 ? derived(cut(w, 2)) : apply(STEP_2, w);
    }

    /** Step 5a. */
    private static String finalE(String w) {
        String stem = w.endsWith("e") ? cut(w, 1) : w;
        int m = measure(stem);
        return m > 1 || m == 1 && !endsShort(stem) ? stem : w;
    }

    /** Step 5b. */
    private static String doubleL(String w) {
        return w.endsWith("ll") && measure(cut(w, 1)) > 1 ? cut(w, 1) : w;
    }

    private static String apply(List<Rule> rules, String w) {
        for (Rule rule : rules) {
            if (w.endsWith(rule.suffix())) {
                return rule.when().test(rule.rest(w)) ? rule.rest(w) + rule.by() : w;
            }
        }
        return w;
    }

    private static String cut(String w, int letters) {
        return w.substring(0, w.length() - letters);
    }

    /** Porter's m: how often a consonant follows a vowel, runs counted once. */
    private static int measure(String stem) {
        int m = 0;
        for (int i = 1; i < stem.length(); i++) {
            m += !isConsonant(stem, i - 1) && isConsonant(stem, i) ? 1 : 0;
        }
        return m;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!isConsonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConsonant(String w, int i) {
        return switch (w.charAt(i)) {
            case 'a', 'e', 'i', 'o', 'u' -> false;
            case 'y' -> i == 0 || !isConsonant(w, i - 1);
            default -> true;
        };
    }

    private static boolean endsInDoubleConsonant(String w) {
        int last = w.length() - 1;
        return last > 0 && w.charAt(last) == w.charAt(last - 1) && isConsonant(w, last);
    }

    /** Consonant, vowel, consonant other than w, x, y at the end; for NLTK also a word of a vowel and a consonant. */
    private static boolean endsShort(String w) {
        int last = w.length() - 1;
        if (last < 1 || !isConsonant(w, last) || isConsonant(w, last - 1)) {
            return false;
        }
        return last == 1 || isConsonant(w, last - 2) && "wxy".indexOf(w.charAt(last)) < 0;
    }
}
