package org.einthoven.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code einthoven}: one verb, its options, one result. The contract is in docs/cli.md. */
@Command(
        name = "einthoven",
        description = "Deep learning in pure Java, from the tensor to answering questions about electrocardiograms.",
        footer = Verb.DISCLAIMER,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            // one line a verb, in the order of docs/cli.md
            DemoVerb.class,
            MakeModelsVerb.class,
            AskVerb.class,
            TrainVerb.class,
            InferenceVerb.class,
            StudyVerb.class,
            EncodeVerb.class,
            GenerateVerb.class,
            LogitsVerb.class,
            TokenizeVerb.class,
            QuantizeVerb.class,
            InspectVerb.class,
            DataVerb.class,
            MetricsVerb.class,
            AuditVerb.class,
            ReportVerb.class,
            SelftestVerb.class,
            ScoreVerb.class,
            DoctorVerb.class
        })
public final class Main {
    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    private boolean help;

    public static void main(String[] args) {
        StandardError.restore();
        System.exit(run(args));
    }

    /** Runs one command line and returns its exit code. */
    static int run(String... args) {
        CommandLine line = new CommandLine(new Main());
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
            return Failure.report(e, java.util.List.of(args).contains("--debug"));
        }
    }
}
