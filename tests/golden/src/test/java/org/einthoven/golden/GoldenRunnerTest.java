package org.einthoven.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.einthoven.golden.GoldenReport.Status;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner on folders made here: what passes must have been compared, and nothing bad ends in a stack trace. */
class GoldenRunnerTest {
    private static final String RELU = """
            {"op": "relu", "attrs": {}, "inputs": {"x": {"tensor": "x"}, "cot": {"tensor": "cot"}, "v_x": {"tensor": "v"}},
             "expected": {"out": {"tensor": "out"}}, "gradients": {"x": {"tensor": "g"}},
             "tolerance": {"rtol": 1e-9, "atol": 1e-11}}""";

    @TempDir
    private Path folder;

    @Test
    void aCaseOfAnotherNameAndShapePasses() throws IOException {
        relu("my_own", RELU, -1, 2, 5);
        GoldenReport report = run("G", "my_own");
        assertEquals("", report.cases().getFirst().reason());
        assertEquals(1, report.count(Status.PASSED));
        assertTrue(report.ok());
    }

    @Test
    void aWrongNumberFailsAndIsNamed() throws IOException {
        relu("wrong", RELU, -1, 2, 5 + 1e-6);
        assertEquals(
                "expected.out[2] is 5.0, want 5.000001 (off by 1.0e-06; allowed 1e-09 relative and 1e-11 absolute)",
                failed("wrong"));
    }

    @Test
    void aWrongShapeFails() throws IOException {
        relu("long", RELU, -1, 2, 5, 7);
        assertEquals("expected.out has shape [3], want [4]", failed("long"));
    }

    @Test
    void anUnknownOpIsUnsupported() throws IOException {
        relu("new", RELU.replace("relu", "relu_of_the_future"), -1, 2, 5);
        assertEquals("op 'relu_of_the_future' is not known here", unsupported("new"));
    }

    @Test
    void anExpectationThatNobodyComputesIsUnsupported() throws IOException {
        relu("more", RELU.replace("\"expected\": {", "\"expected\": {\"entropy\": {\"value\": 1}, "), -1, 2, 5);
        assertEquals("not computed here: expected.entropy", unsupported("more"));
    }

    @Test
    void aCaseThatExpectsNothingFails() throws IOException {
        String nothing =
                "{\"op\": \"foreign_globals_checkpoint\", \"attrs\": {}, \"tolerance\": {\"rtol\": 0, \"atol\": 0}}";
        relu("empty", nothing, 1, 2, 3);
        assertEquals("index.json: the case expects nothing that could be compared", failed("empty"));
    }

    @Test
    void brokenFoldersFailInOneLineThatNamesTheFile() throws IOException {
        assertStarts("absent/index.json", failed("absent"));
        index("no_json", "{\"op\": ");
        assertStarts("no_json/index.json", failed("no_json"));
        index("no_data", RELU);
        assertStarts("no_data/data.safetensors", failed("no_data"));
        index("bad_data", RELU);
        Files.writeString(folder.resolve("G/bad_data/data.safetensors"), "not a tensor in sight");
        assertStarts("bad_data/data.safetensors", failed("bad_data"));
        relu("no_input", RELU.replace("\"x\": {\"tensor\": \"x\"}, ", ""), -1, 2, 5);
        assertStarts("no_input/index.json: inputs.x: is missing", failed("no_input"));
        relu("no_tolerance", RELU.replace("\"rtol\": 1e-9, ", ""), -1, 2, 5);
        assertStarts("no_tolerance/index.json: tolerance", failed("no_tolerance"));
        relu("no_op", RELU.replace("\"op\": \"relu\", ", ""), -1, 2, 5);
        assertStarts("no_op/index.json: op: must be text, is missing", failed("no_op"));
    }

    @Test
    void aBrokenCatalogIsAnError() throws IOException {
        assertThrows(FormatException.class, () -> GoldenRunner.run(folder, e -> true));
        Files.writeString(folder.resolve("catalog.json"), "{\"group\": \"G\"}");
        assertThrows(FormatException.class, () -> GoldenRunner.run(folder, e -> true));
        Files.writeString(folder.resolve("catalog.json"), "[{\"group\": \"G\"}]");
        assertTrue(assertThrows(FormatException.class, () -> GoldenRunner.run(folder, e -> true))
                .getMessage()
                .contains("must have a group and a name"));
    }

    private static void assertStarts(String want, String reason) {
        assertTrue(reason.contains(want), reason);
        assertTrue(!reason.contains("\n") && !reason.contains("Exception"), reason);
    }

    private String failed(String name) throws IOException {
        return reason(name, Status.FAILED);
    }

    private String unsupported(String name) throws IOException {
        return reason(name, Status.UNSUPPORTED);
    }

    private String reason(String name, Status status) throws IOException {
        GoldenReport.Case c = run("G", name).cases().getFirst();
        assertEquals(status, c.status(), c.toString());
        return c.reason();
    }

    private GoldenReport run(String group, String name) throws IOException {
        Files.writeString(
                folder.resolve("catalog.json"), "[{\"group\": \"" + group + "\", \"name\": \"" + name + "\"}]");
        return GoldenRunner.run(folder, e -> true);
    }

    private void index(String name, String json) throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve("G").resolve(name)).resolve("index.json"), json);
    }

    /** A case of max(x, 0) at three points; {@code out} is what it claims. */
    private void relu(String name, String json, double first, double... rest) throws IOException {
        index(name, json);
        double[] out = new double[rest.length + 1];
        out[0] = Math.max(first, 0);
        System.arraycopy(rest, 0, out, 1, rest.length);
        SafetensorsWriter.write(
                folder.resolve("G").resolve(name).resolve("data.safetensors"),
                Map.of(
                        "x", Tensor.of(new double[] {-1, 2, 5}, 3),
                        "cot", Tensor.of(new double[] {1, 1, 1}, 3),
                        "v", Tensor.of(new double[] {1, 1, 1}, 3),
                        "g", Tensor.of(new double[] {0, 1, 1}, 3),
                        "out", Tensor.of(out, out.length)),
                Map.of());
    }
}
