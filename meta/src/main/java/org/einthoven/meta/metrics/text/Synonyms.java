package org.einthoven.meta.metrics.text;

import java.util.Set;

/** Words of the same meaning: for METEOR's last stage, where the user has a thesaurus such as WordNet. */
@FunctionalInterface
public interface Synonyms {
    /** No thesaurus: METEOR of its exact and its stem stage. */
    Synonyms NONE = word -> Set.of(word);

    /** The words that mean the same as this one, itself among them. */
    Set<String> of(String word);
}
