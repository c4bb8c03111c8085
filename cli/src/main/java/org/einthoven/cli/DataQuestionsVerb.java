package org.einthoven.cli;

import java.nio.file.Path;
import org.einthoven.data.ptbxl.LabelQuestions;
import org.einthoven.data.qa.EcgQa;
import org.einthoven.data.qa.EcgQaWriter;
import org.einthoven.models.io.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Questions made from PTB-XL's labels, as a file that every reader of ECG-QA takes. */
@Command(
        name = "questions",
        description = "writes questions made from PTB-XL's own labels, as ECG-QA publishes its own")
final class DataQuestionsVerb extends Verb {
    @Option(
            names = "--ptbxl",
            required = true,
            paramLabel = "DIR",
            description = "PTB-XL: the folder with ptbxl_database.csv and scp_statements.csv, or one below it")
    Path folder;

    @Option(names = "--out", required = true, paramLabel = "F.json", description = "the file to write")
    Path out;

    @Override
    Result result() {
        checkWritable(out);
        String name = String.valueOf(out.getFileName());
        if (name.equals(LabelQuestions.TABLE) || name.equals(LabelQuestions.STATEMENTS)) {
            throw new Failure.Usage("--out " + out + ": that is the name of a table of PTB-XL; name another file");
        }
        EcgQa questions = LabelQuestions.around(folder);
        AtomicFile.write(out, to -> EcgQaWriter.write(questions, to));
        long ecgs =
                questions.items().stream().mapToInt(i -> i.ecgId()).distinct().count();
        Result r = new Result()
                .put("items", questions.items().size())
                .put("question_types", questions.countsByType())
                .put("ecgs", ecgs)
                .put("out", out.toString());
        questions.countsByType().forEach((type, n) -> r.line("%9d  %s", n, type));
        return r.line("about %d ECGs, in %s", ecgs, out);
    }
}
