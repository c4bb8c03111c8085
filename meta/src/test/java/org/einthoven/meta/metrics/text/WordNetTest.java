package org.einthoven.meta.metrics.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.einthoven.tensor.FormatException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a WordNet of seven sets of synonyms, in the layout of wndb(5WN). */
class WordNetTest {
    private static final String LICENCE = "  1 This software and database is being provided to you ...\n";

    @TempDir
    Path folder;

    @BeforeEach
    void publish() throws IOException {
        part(
                "noun",
                "children child\nwolves wolf\n",
                "n 02 child 0 kid 0 000 | a young person",
                "n 02 kid 1 young_goat 0 000 | a young goat",
                "n 01 wolf 0 000 | an animal",
                "n 02 beat 0 Pulse 0 000 | the rhythm of the heart");
        part(
                "verb",
                "",
                "v 02 beat 0 throb 0 000 | expand and contract",
                "v 0a a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 000 | ten");
        part("adj", "", "a 02 rapid(a) 0 fast 0 000 | quick");
        part("adv", "");
    }

    /** Each line of data begins with the byte at which it stands, and the index names it by each of its words. */
    private void part(String part, String exceptions, String... sets) throws IOException {
        StringBuilder data = new StringBuilder(LICENCE);
        StringBuilder index = new StringBuilder(LICENCE);
        Map<String, List<String>> offsets = new TreeMap<>();
        for (String set : sets) {
            String at = "%08d".formatted(data.length());
            data.append(at).append(" 18 ").append(set).append('\n');
            String[] fields = set.split(" ");
            for (int i = 0; i < Integer.parseInt(fields[1], 16); i++) {
                String lemma = fields[2 + 2 * i].replace("(a)", "").toLowerCase(Locale.ROOT);
                offsets.computeIfAbsent(lemma, l -> new ArrayList<>()).add(at);
            }
        }
        offsets.forEach((lemma, all) -> index.append(
                "%s n %d 2 @ ~ %d 0 %s  \n".formatted(lemma, all.size(), all.size(), String.join(" ", all))));
        Files.writeString(folder.resolve("data." + part), data);
        Files.writeString(folder.resolve("index." + part), index);
        Files.writeString(folder.resolve(part + ".exc"), exceptions);
    }

    @Test
    void synonymsAreOfEverySetAndEveryPartOfSpeech() {
        WordNet words = WordNet.read(folder);
        assertEquals(Set.of("kid", "child"), words.of("kid"), "young_goat is two words");
        assertEquals(Set.of("beat", "Pulse", "throb"), words.of("beat"));
        assertEquals(Set.of("rapid", "fast"), words.of("fast"), "without the mark of where it stands");
        assertEquals(10, words.of("j").size(), "words are counted in hexadecimal");
        assertEquals(Set.of("unheard"), words.of("unheard"));
    }

    @Test
    void formsLeadToTheirBase() {
        WordNet words = WordNet.read(folder);
        assertEquals(Set.of("children", "child", "kid"), words.of("children"), "an exception");
        assertEquals(Set.of("wolves", "wolf"), words.of("wolves"));
        assertEquals(Set.of("beats", "beat", "Pulse", "throb"), words.of("beats"), "noun and verb");
        assertEquals(Set.of("throbbing"), words.of("throbbing"), "no rule takes a doubled letter off");
        assertEquals(Set.of("beating", "beat", "throb"), words.of("beating"), "the verb alone");
        assertEquals(Set.of("KIDS", "kid", "child"), words.of("KIDS"));
    }

    @Test
    void theyServeMeteor() {
        assertEquals(0, Meteor.with(Synonyms.NONE).score("kid", "child"));
        assertEquals(0.5, Meteor.with(WordNet.read(folder)).score("kid", "child"), 1e-15);
    }

    @Test
    void filesThatDoNotBelongTogetherAreNamed() throws IOException {
        byte[] data = Files.readAllBytes(folder.resolve("data.noun"));
        Files.write(
                folder.resolve("data.noun"),
                (" " + new String(data, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
        WordNet shifted = WordNet.read(folder);
        said(assertThrows(FormatException.class, () -> shifted.of("kid")), "data.noun", "of one version");
        Files.write(folder.resolve("data.noun"), new byte[0]);
        WordNet empty = WordNet.read(folder);
        said(assertThrows(FormatException.class, () -> empty.of("kid")), "data.noun", "no set of synonyms begins here");
        for (String line : List.of(
                "kid", "kid n -1 0 0 0", "kid n 2 0 1 0 00000001", "kid n 1 x 0 0 00000001", "kid n 1 0 1 0 -1")) {
            Files.writeString(folder.resolve("index.verb"), line + "\n");
            said(
                    assertThrows(FormatException.class, () -> WordNet.read(folder), line),
                    "index.verb",
                    "line 1: is no line of an index");
        }
        Files.delete(folder.resolve("adv.exc"));
        Files.writeString(folder.resolve("index.verb"), "");
        said(assertThrows(FormatException.class, () -> WordNet.read(folder)), "adv.exc", "a folder of WordNet holds");
    }

    private static void said(FormatException e, String... parts) {
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
