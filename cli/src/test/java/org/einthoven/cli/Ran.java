package org.einthoven.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assertions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One command line as a shell would have seen it end. */
record Ran(int code, String out, String err) {

    static Ran of(Object... words) {
        String[] args = new String[words.length];
        java.util.Arrays.setAll(args, i -> words[i].toString());
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            int code = Main.run(args);
            return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
        }
    }

    /** What a command with {@code --json} printed: exactly one object on one line, after success. */
    static JsonNode json(Object... words) {
        Object[] all = java.util.Arrays.copyOf(words, words.length + 1);
        all[words.length] = "--json";
        Ran r = of(all);
        Assertions.assertEquals(0, r.code, r.err);
        Assertions.assertEquals(1, r.out.lines().count(), r.out);
        JsonNode object = JsonMapper.shared().readTree(r.out);
        Assertions.assertTrue(object.isObject(), r.out);
        return object;
    }

    /** Asserts that the command failed with this code, said so in one line holding all of {@code parts}, and printed nothing. */
    void failed(int code, String... parts) {
        Assertions.assertEquals(code, this.code, err);
        Assertions.assertEquals("", out);
        String last = err.lines().reduce((a, b) -> b).orElse("");
        Assertions.assertTrue(last.startsWith("einthoven: "), err);
        Assertions.assertFalse(err.contains("\tat "), "a stack trace: " + err);
        for (String part : parts) {
            Assertions.assertTrue(last.contains(part), "'" + part + "' is not in: " + last);
        }
    }
}
