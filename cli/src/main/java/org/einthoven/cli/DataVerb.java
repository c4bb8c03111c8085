package org.einthoven.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is done with data sets; its own verbs do it. */
@Command(
        name = "data",
        description = "checks copies of data sets, and makes questions from labels",
        synopsisSubcommandLabel = "check|questions",
        subcommands = {DataCheckVerb.class, DataQuestionsVerb.class})
final class DataVerb implements Runnable {
    @Spec
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    @Override
    public void run() {
        CommandLine line = spec.commandLine();
        throw new ParameterException(line, "what to do with data? there are 'data check' and 'data questions'");
    }
}
