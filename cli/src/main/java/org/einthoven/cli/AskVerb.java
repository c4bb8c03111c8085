package org.einthoven.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.einthoven.data.EcgFiles;
import org.einthoven.data.ecg.EcgRecord;
import org.einthoven.data.ecg.Preprocess;
import org.einthoven.data.ecg.Quality;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One ECG, or two to compare, one question, one answer. */
@Command(name = "ask", description = "one ECG, or two to compare, one question, one answer")
final class AskVerb extends Verb {
    /** A question that begins so, and offers no choice, is answered by yes or no. */
    private static final Pattern YES_OR_NO = Pattern.compile(
            "(is|are|was|were|does|do|did|has|have|had|can|could|may|might|would|should|will)\\b(?!.*\\bor\\b).*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    @Option(
            names = "--ecg",
            required = true,
            paramLabel = "FILE",
            description = "the record, its kind is found by content; twice for a question that compares two")
    List<Path> ecgs;

    @Option(names = "--question", required = true, paramLabel = "TEXT", description = "what to ask about it")
    String question;

    @Option(names = "--llm", paramLabel = "PATH", description = "language model; the embedded one by default")
    @Nullable
    Path llm;

    @Option(names = "--encoder", paramLabel = "FILE", description = "ECG encoder; the embedded one by default")
    @Nullable
    Path encoder;

    @Option(
            names = "--mapper",
            paramLabel = "FILE",
            description = "mapper; the embedded one for the embedded models, else drawn from --seed")
    @Nullable
    Path mapper;

    @Option(
            names = "--options",
            split = ",",
            paramLabel = "A",
            description = "answers to choose from; yes,no for a yes-no question")
    @Nullable
    List<String> options;

    @Option(
            names = "--leads",
            split = ",",
            paramLabel = "LEAD",
            description = "leads that are read, such as I,II,V2; the others are silent (all twelve)")
    @Nullable
    List<String> leads;

    @Override
    Result result() throws IOException {
        if (question.isBlank()) {
            throw new Failure.Usage("--question: is empty");
        }
        List<String> choices = choices();
        Preprocess preprocess = Preprocess.standard().withLeads(LeadChoice.of(leads));
        if (ecgs.size() > 2) {
            throw new Failure.Usage("--ecg: one record, or two to compare, not " + ecgs.size());
        }
        List<EcgRecord> records = ecgs.stream().map(EcgFiles::open).toList();
        List<Tensor> signals = records.stream().map(preprocess::apply).toList(); // [1, 12, 2500] each
        try (ModelChain chain = ModelChain.open(llm, encoder, mapper, seed)) {
            Tensor vector = vector(chain, signals); // [1, E] or [1, N, E]; [1, 2, N, E] of two
            AskedModel asked = new AskedModel(chain.model(), chain.theta(), chain.text(), vector);
            AskedModel.Answer answer = choices.isEmpty() ? asked.write(question) : asked.choose(question, choices);
            List<String> warnings = new ArrayList<>();
            for (EcgRecord record : records) {
                warnings.addAll(record.warnings());
                warnings.addAll(Quality.of(record).warnings());
            }
            warnings.addAll(chain.warnings());
            return said(records, answer, chain.model().prefix(chain.theta(), vector))
                    .warnings(warnings)
                    .disclaimer();
        } catch (TensorException e) {
            throw new Failure.BadInput(llm == null ? Path.of("the embedded models") : llm, e);
        }
    }

    private static Tensor vector(ModelChain chain, List<Tensor> signals) {
        List<Tensor> each = signals.stream()
                .map(signal -> chain.encoder().vectors(signal, chain.model().mapper()))
                .toList();
        return each.size() == 1
                ? each.getFirst()
                : Tensor.stack(
                                0,
                                each.stream()
                                        .map(v -> v.reshape(-1, v.dim(v.rank() - 1)))
                                        .toArray(Tensor[]::new))
                        .unsqueeze(0);
    }

    private List<String> choices() {
        if (options == null) {
            return YES_OR_NO.matcher(question.strip()).matches() ? List.of("yes", "no") : List.of();
        }
        List<String> choices = options.stream().map(String::strip).toList();
        if (choices.size() < 2
                || choices.contains("")
                || choices.stream().distinct().count() < choices.size()) {
            throw new Failure.Usage(
                    "--options " + String.join(",", options) + ": give two or more different answers, such as yes,no");
        }
        return choices;
    }

    private static Map<String, Object> about(EcgRecord record) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("id", record.id());
        about.put("leads", record.leads());
        about.put("hz", record.hz());
        about.put("seconds", record.seconds());
        return about;
    }

    private static Result said(List<EcgRecord> records, AskedModel.Answer answer, Tensor prefix) {
        Result r = new Result()
                .put("answer", answer.text())
                .put("answer_ids", answer.ids())
                .put("option_logprobs", answer.optionLogProbabilities())
                .put("record", about(records.getFirst()))
                .put("prefix_shape", prefix.shape().toArray());
        if (records.size() > 1) {
            r.put("records", records.stream().map(AskVerb::about).toList());
        }
        r.line(answer.text());
        answer.optionLogProbabilities().forEach((option, p) -> r.line("%10.4f  %s", p, option));
        return r;
    }
}
