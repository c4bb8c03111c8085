package org.einthoven.data.episodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.einthoven.data.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConceptsTest {
    private static final Concepts STANDARD = Concepts.standard();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "static noise in lead aVL | noise/static noise",
                "any kind of noises | noise",
                "complete left bundle branch block | conduction/left bundle branch",
                "incomplete left bundle branch block | conduction/left bundle branch",
                "incomplete right bundle branch block | conduction/right bundle branch",
                "first degree av block | conduction/atrioventricular",
                "prolonged pr interval | conduction/atrioventricular",
                "above the normal range of pr interval | conduction/atrioventricular",
                "conduction disturbance | conduction",
                "myocardial infarction in inferolateral leads | infarction",
                "old stage of myocardial infarction | infarction",
                "supraventricular extrasystoles | extrasystole/supraventricular",
                "ventricular extrasystoles | extrasystole/ventricular",
                "ventricular premature complex | extrasystole/ventricular",
                "supraventricular bigeminy BIGU bigeminal pattern | extrasystole/supraventricular",
                "extrasystoles | extrasystole",
                "voltage criteria (qrs) for left ventricular hypertrophy | hypertrophy/left ventricle",
                "low qrs voltages in the frontal and horizontal leads | voltage/low",
                "left axis deviation | axis",
                "normal heart axis | axis",
                "long qt-interval | repolarisation/qt",
                "below the normal range of qt corrected | repolarisation/qt",
                "sinus bradycardia | rhythm/sinus",
                "above the normal range of rr interval | rhythm/sinus",
                "supraventricular tachycardia | rhythm/supraventricular tachycardia",
                "atrial flutter | rhythm/atrial flutter",
                "something new | something new"
            })
    void attributesOfEcgQa(String attribute, String concept) {
        assertEquals(concept, STANDARD.of(attribute));
    }

    @Test
    void containment() {
        assertTrue(Concepts.contains("noise", "noise/static noise"));
        assertFalse(Concepts.contains("noise/static noise", "noise"));
        assertFalse(Concepts.contains("noise", "noise"));
        assertTrue(Concepts.isNormal("Sinus rhythm"));
        assertTrue(Concepts.isNormal("within the normal range of qt interval"));
        assertFalse(Concepts.isNormal("sinus bradycardia"));
    }

    @Test
    void aTableOfOnesOwn(@TempDir Path directory) throws IOException {
        Path csv = Files.writeString(directory.resolve("own.csv"), "pattern,concept\n# ours\nfoo|bar,thing\n");
        assertEquals("thing", Concepts.read(csv).of("a Bar in lead V2"));
        Files.writeString(csv, "pattern,concept\n(unclosed,thing\n");
        Refused.with(() -> Concepts.read(csv), "own.csv", "row 1, pattern", "'(unclosed' is no regular expression");
        Files.writeString(csv, "attribute,concept\nx,thing\n");
        Refused.with(() -> Concepts.read(csv), "own.csv", "there is no column pattern");
    }

    @Test
    void asASpreadsheetWritesIt(@TempDir Path directory) throws IOException {
        Path csv = Files.writeString(directory.resolve("own.csv"), "\uFEFFpattern,concept\r\nFoo ,\"a, thing\"\r\n");
        Concepts own = Concepts.read(csv);
        assertEquals("a, thing", own.of("foo"), "whatever the case of letters");
        assertTrue(own.names("A FOO in lead II"));
        assertFalse(own.names("bar"));
    }

    @Test
    void aTableThatSaysNothingIsRefused(@TempDir Path directory) throws IOException {
        Path csv = Files.writeString(directory.resolve("own.csv"), "");
        Refused.with(() -> Concepts.read(csv), "own.csv", "there is no column pattern");
        Files.writeString(csv, "pattern,concept\n# nothing\n");
        Refused.with(() -> Concepts.read(csv), "own.csv", "rows: there are none behind the header");
        Files.writeString(csv, "pattern,concept\nfoo,\n");
        Refused.with(() -> Concepts.read(csv), "row 1, concept", "is empty");
        Files.writeString(csv, "pattern,concept\n,thing\n");
        Refused.with(() -> Concepts.read(csv), "row 1, pattern", "is empty");
        Files.writeString(csv, "pattern,concept\nfoo\n");
        Refused.with(() -> Concepts.read(csv), "row 1", "ends before concept");
        Files.writeString(csv, "pattern,concept\n\"foo,thing\n");
        Refused.with(() -> Concepts.read(csv), "own.csv", "cannot be read");
        Files.write(csv, new byte[] {'p', (byte) 0xff, ',', 'c', '\n'});
        Refused.with(() -> Concepts.read(csv), "own.csv", "it is not in UTF-8");
    }

    @Test
    void aGroupIsTheFirstPartOfAConcept() {
        assertEquals("noise", Concepts.group("noise/static noise"));
        assertEquals("noise", Concepts.group("noise"));
        Concepts concepts = Concepts.standard();
        assertEquals("conduction", Concepts.group(concepts.of("left anterior fascicular block")));
        assertEquals("conduction", Concepts.group(concepts.of("above the normal range of pr interval")));
        assertEquals("infarction", Concepts.group(concepts.of("old stage of myocardial infarction")));
        assertEquals("normal ecg", Concepts.group(concepts.of("normal ECG")));
    }
}
