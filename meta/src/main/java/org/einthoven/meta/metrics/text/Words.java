package org.einthoven.meta.metrics.text;

import java.util.Arrays;
import java.util.List;

/** Texts cut at white space. */
final class Words {
    private Words() {}

    static List<String> ofWhiteSpace(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
