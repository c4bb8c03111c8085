package org.einthoven.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SelftestVerbTest {
    @TempDir
    Path folder;

    @Test
    void embeddedCasesPass() {
        JsonNode r = Ran.json("selftest", "--only", "C_mapper");
        assertTrue(r.get("passed").asInt() > 0, r.toString());
        assertEquals(0, r.get("failed").asInt(), r.toString());
        for (JsonNode c : r.get("cases")) {
            for (String field : List.of("group", "name", "status", "worst_error", "reason")) {
                assertTrue(c.has(field), field);
            }
            assertEquals("C_mapper", c.get("group").asString());
        }
    }

    @Test
    void aFailedCaseIsExitOne() throws IOException {
        Path index =
                Files.createDirectories(folder.resolve("G").resolve("broken")).resolve("index.json");
        Files.writeString(folder.resolve("catalog.json"), "[{\"group\": \"G\", \"name\": \"broken\"}]");
        Files.writeString(index, "{");
        Ran r = Ran.of("selftest", "--goldens", folder, "--json");
        assertEquals(1, r.code(), r.err());
        JsonNode json = JsonMapper.shared().readTree(r.out());
        assertEquals(1, json.get("failed").asInt());
        assertEquals("failed", json.get("cases").get(0).get("status").asString());
    }

    @Test
    void foldersAndGroupsThatAreNotThere() {
        Ran.of("selftest", "--goldens", folder).failed(3, "catalog.json");
        Ran.of("selftest", "--only", "Z_nothing").failed(2, "Z_nothing");
    }
}
