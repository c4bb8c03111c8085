import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/**
 * Plays a lesson of this folder: its comments are the text, its code is run line by line as a jshell would, and each value
 * is shown. Then the exercise is checked. Started by the script {@code lesson}; the tests use it as a function from a file
 * with an answer to the verdict on it.
 */
public final class Lesson implements Function<Path, String>, AutoCloseable {
    private final Path folder;
    private final PrintStream out;
    private final JShell shell;

    /** @param classPath where the tensors and the charts are */
    public Lesson(Path folder, String classPath, PrintStream out) throws IOException {
        this.folder = folder;
        this.out = out;
        this.shell = JShell.builder()
                .executionEngine("local")
                .compilerOptions("--class-path", classPath)
                .build();
        run(folder.resolveSibling("prelude.jsh"), false);
        run(folder.resolve("lesson.jsh"), true);
    }

    public static void main(String[] words) throws IOException {
        Path tutorial = Path.of(System.getProperty("tutorial"));
        String number = words.length == 0 ? "" : words[0];
        String answer = words.length < 2 ? "exercise" : words[1];
        List<Path> lessons;
        try (Stream<Path> all = Files.list(tutorial)) {
            lessons = all.filter(p -> Files.exists(p.resolve("lesson.jsh"))).sorted().toList();
        }
        for (Path folder : lessons) {
            if (folder.getFileName().toString().startsWith(number + "-")) {
                try (Lesson lesson = new Lesson(folder, System.getProperty("java.class.path"), System.out)) {
                    Path file = folder.resolve(answer + ".jsh");
                    String verdict = lesson.apply(file);
                    System.out.println("\nExercise (" + file + ")\n" + verdict);
                    System.exit(verdict.contains("not yet") ? 1 : 0);
                }
            }
        }
        System.err.println("There is no lesson '" + number + "'. There are:");
        lessons.forEach(l -> System.err.println("  " + l.getFileName().toString().replaceFirst("-", "  ")));
        System.exit(2);
    }

    /** What the checks of this lesson say to an answer: each line begins with passed, to do, or not yet. */
    @Override
    public String apply(Path answer) {
        StringBuilder verdict = new StringBuilder();
        for (Path file : List.of(answer, folder.resolve("check.jsh"))) {
            try {
                verdict.append(run(file, false));
            } catch (IllegalStateException | IOException e) {
                return verdict + "not yet: " + e.getMessage();
            }
        }
        return String.join("\n", verdict.toString().lines().distinct().toList());
    }

    /** Evaluates a file; its expressions' values are the result. */
    private String run(Path file, boolean aloud) throws IOException {
        StringBuilder values = new StringBuilder();
        StringBuilder code = new StringBuilder();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (code.isEmpty() && (line.isBlank() || line.startsWith("//"))) {
                say(aloud, line.replaceFirst("^// ?", ""));
                continue;
            }
            say(aloud, "    " + line);
            code.append(line).append('\n');
            boolean goesOn = i + 1 < lines.size() && lines.get(i + 1).matches("[ })].*");
            CompletionInfo info = goesOn ? null : shell.sourceCodeAnalysis().analyzeCompletion(code.toString());
            if (info != null && info.completeness().isComplete()) {
                String value = evaluate(info.source(), file + ":" + (i + 1) + ": "); // source() adds the last semicolon
                code = new StringBuilder(info.remaining().strip());
                if (!value.isEmpty()) {
                    say(aloud, value.indent(4).replaceAll("(?m)^   ", "  >").stripTrailing());
                    values.append(value).append('\n');
                }
            }
        }
        if (!code.isEmpty()) {
            throw new IllegalStateException(file + ": the end of the file comes too early; is a bracket missing?");
        }
        return values.toString();
    }

    /** The value of an expression; empty for other code. */
    private String evaluate(String code, String where) {
        String value = "";
        for (SnippetEvent event : shell.eval(code)) {
            if (event.causeSnippet() == null) { // else an earlier line, changed by this one
                value = value(event, where);
            }
        }
        return value;
    }

    private String value(SnippetEvent event, String where) {
        Snippet snippet = event.snippet();
        if (event.exception() != null) {
            String what = event.exception() instanceof EvalException e ? e.getExceptionClassName() + ": " : "";
            throw new IllegalStateException(where + what + event.exception().getMessage(), event.exception());
        }
        if (event.status() == Snippet.Status.REJECTED) {
            String first = shell.diagnostics(snippet)
                    .filter(Diag::isError)
                    .map(d -> d.getMessage(null))
                    .findFirst()
                    .orElse("not Java");
            throw new IllegalStateException(where + first.lines().findFirst().orElse(first));
        }
        boolean shown = snippet instanceof ExpressionSnippet
                || snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
        return shown && event.value() != null ? event.value() : "";
    }

    private void say(boolean aloud, String line) {
        if (aloud) {
            out.println(line);
        }
    }

    @Override
    public void close() {
        shell.close();
    }
}
