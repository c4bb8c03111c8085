package org.einthoven.meta.metrics.text;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Words as the Penn Treebank cuts them: punctuation stands alone, {@code don't} is {@code do n't}. The rules, in order, are
 * those of NLTK 3.8's {@code NLTKWordTokenizer} (after R. MacIntyre's script); the text counts as one sentence, so only a
 * full stop at its very end is cut off.
 */
public final class TreebankTokenizer {
    private record Rule(Pattern pattern, String by) {
        static Rule of(String pattern, String by) {
            return new Rule(Pattern.compile(pattern), by);
        }

        String apply(String text) {
            return pattern.matcher(text).replaceAll(by);
        }
    }

    private static final List<Rule> STARTING_QUOTES_AND_PUNCTUATION = List.of(
            Rule.of("([«“‘„]|`+)", " $1 "),
            Rule.of("^\"", "``"),
            Rule.of("(``)", " $1 "),
            Rule.of("([ (\\[{<])(\"|'{2})", "$1 `` "),
            Rule.of("(?iU)(')(?!re|ve|ll|m|t|s|d|n)(\\w)\\b", "$1 $2"),
            Rule.of("([^.])(\\.)([\\])}>\"'»”’ ]*+)\\s*+$", "$1 $2 $3 "),
            Rule.of("([:,])([^\\d])", " $1 $2"),
            Rule.of("([:,])$", " $1 "),
            Rule.of("(\\.{2,})", " $1 "),
            Rule.of("([;@#$%&])", " $1 "),
            Rule.of("([^.])(\\.)([\\])}>\"']*+)\\s*+$", "$1 $2$3 "),
            Rule.of("([?!])", " $1 "),
            Rule.of("([^'])' ", "$1 ' "),
            Rule.of("([*])", " $1 "),
            Rule.of("([\\]\\[(){}<>])", " $1 "),
            Rule.of("--", " -- "));

    /** These look at the blank before and behind a word, so the text has one at both ends by then. */
    private static final List<Rule> ENDING_QUOTES_AND_CONTRACTIONS = List.of(
            Rule.of("([»”’])", " $1 "),
            Rule.of("''", " '' "),
            Rule.of("\"", " '' "),
            Rule.of("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
            Rule.of("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
            Rule.of("(?i)\\b(can)(not)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(d)('ye)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(gim)(me)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(gon)(na)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(got)(ta)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(lem)(me)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(more)('n)\\b", " $1 $2 "),
            Rule.of("(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "),
            Rule.of("(?i) ('t)(is)\\b", " $1 $2 "),
            Rule.of("(?i) ('t)(was)\\b", " $1 $2 "));

    private TreebankTokenizer() {}

    /** The words of a text, in its order and spelling; quotation marks become {@code ``} and {@code ''}. */
    public static List<String> tokens(String text) {
        String cut = text;
        for (Rule rule : STARTING_QUOTES_AND_PUNCTUATION) {
            cut = rule.apply(cut);
        }
        cut = " " + cut + " ";
        for (Rule rule : ENDING_QUOTES_AND_CONTRACTIONS) {
            cut = rule.apply(cut);
        }
        return Words.ofWhiteSpace(cut);
    }
}
