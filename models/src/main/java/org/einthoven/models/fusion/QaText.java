package org.einthoven.models.fusion;

import java.util.List;
import org.einthoven.models.text.Tokenizer;

/** Questions and answers as text, to token ids and back. */
public sealed interface QaText permits SeedText, PlainText {
    Tokenizer tokenizer();

    /** A question, ready to stand behind the prefix. */
    int[] question(String question);

    /** A question and its answers; several are one text, joined by commas. */
    QaTokens tokens(String question, List<String> answers);

    /** The text of answer tokens, without what surrounds it. */
    default String answer(int... ids) {
        return tokenizer().continuation(ids).strip();
    }
}
