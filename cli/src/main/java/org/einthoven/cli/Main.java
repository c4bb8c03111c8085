package org.einthoven.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.backend.Backends;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code einthoven}: one verb, its options, one result. The contract is in docs/cli.md. */
@Command(
        name = "einthoven",
        description = "Deep learning in pure Java, from the tensor to answering questions about electrocardiograms.",
        footer = Verb.DISCLAIMER,
        synopsisSubcommandLabel = "VERB")
public final class Main {
    /** In the order of docs/cli.md. */
    private static final Map<String, Supplier<Object>> VERBS = new LinkedHashMap<>();

    static {
        VERBS.put("demo", DemoVerb::new);
        VERBS.put("make-models", MakeModelsVerb::new);
        VERBS.put("ask", AskVerb::new);
        VERBS.put("train", TrainVerb::new);
        VERBS.put("inference", InferenceVerb::new);
        VERBS.put("study", StudyVerb::new);
        VERBS.put("encode", EncodeVerb::new);
        VERBS.put("generate", GenerateVerb::new);
        VERBS.put("logits", LogitsVerb::new);
        VERBS.put("tokenize", TokenizeVerb::new);
        VERBS.put("convert", ConvertVerb::new);
        VERBS.put("quantize", QuantizeVerb::new);
        VERBS.put("inspect", InspectVerb::new);
        VERBS.put("data", DataVerb::new);
        VERBS.put("metrics", MetricsVerb::new);
        VERBS.put("audit", AuditVerb::new);
        VERBS.put("report", ReportVerb::new);
        VERBS.put("selftest", SelftestVerb::new);
        VERBS.put("score", ScoreVerb::new);
        VERBS.put("doctor", DoctorVerb::new);
    }

    /** Set by the launcher for verbs that make their user wait for a language model. */
    private static final String REHEARSE = "einthoven.rehearse";

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    private boolean help;

    public static void main(String[] args) {
        StandardError.restore();
        if (Boolean.getBoolean(REHEARSE)) {
            Thread.ofPlatform().daemon().name("einthoven-rehearsal").start(Main::rehearse);
        }
        System.exit(run(args));
    }

    /** While the verb's own thread reads options and files. */
    private static void rehearse() {
        try {
            Backends.current().rehearse();
        } catch (TensorException e) {
            // No such backend: the verb says so when it comes to compute.
        }
    }

    /** Runs one command line and returns its exit code. */
    static int run(String... args) {
        CommandLine line = new CommandLine(new Main());
        // Reading the options of a verb takes a hundredth of a second: of all verbs only where all are shown.
        Supplier<Object> asked = args.length > 0 ? VERBS.get(args[0]) : null;
        Map<String, Supplier<Object>> shown = asked == null ? VERBS : Map.of(args[0], asked);
        shown.forEach((name, verb) -> line.addSubcommand(name, verb.get()));
        line.setExecutionExceptionHandler(Failure::execution);
        line.setParameterExceptionHandler(Failure::usage);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        if (args.length == 0) {
            line.usage(System.err);
            return Failure.USAGE;
        }
        try {
            return line.execute(args);
        } catch (OutOfMemoryError | StackOverflowError | InternalError e) { // the frame handles exceptions only
            return Failure.report(e, List.of(args).contains("--debug"));
        }
    }
}
