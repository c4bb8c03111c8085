package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MetricsVerbTest {
    private @TempDir Path dir;
    private Path pairs;

    @BeforeEach
    void name() {
        pairs = dir.resolve("pairs.json");
    }

    @Test
    void scoresAreMeansOverPairs() throws IOException {
        Files.writeString(pairs, "[[\"yes\", \"yes\"], [\"yes\", \"no\"]]");
        JsonNode r = Ran.json("metrics", "--pairs", pairs);
        assertEquals(0.5, r.get("bleu1").asDouble(), 1e-12);
        assertEquals(Math.sqrt(0.1) / 2, r.get("bleu2").asDouble(), 1e-12);
        assertEquals(0.5, r.get("rougeL").asDouble(), 1e-12);
        assertEquals(0.25, r.get("meteor").asDouble(), 1e-12);
        assertEquals(2, r.get("pairs").asInt());
        assertTrue(r.get("warnings").get(0).asString().contains("thesaurus"));
    }

    @Test
    void whatIsNoListOfPairsIsNamedByPlace() throws IOException {
        Files.writeString(pairs, "[[\"yes\", \"yes\"], [\"yes\"]]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "pairs.json", "[1] prediction", "string");
        Files.writeString(pairs, "[[\"yes\", \"yes\", \"no\"]]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "[0]");
        Files.writeString(pairs, "{}");
        Ran.of("metrics", "--pairs", pairs).failed(3, "pairs", "a list");
        Files.writeString(pairs, "[]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "empty");
        Files.writeString(pairs, "[[\"a\", \"" + "a ".repeat(40_000) + "\"]]");
        Ran.of("metrics", "--pairs", pairs).failed(3, "[0] prediction", "80000 characters");
        Ran.of("metrics", "--pairs", dir.resolve("none.json")).failed(3, "none.json");
    }
}
