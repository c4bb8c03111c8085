package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.einthoven.models.llm.Decoding;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.RepackedWeights;
import org.einthoven.models.llm.Sampler;
import org.einthoven.models.text.ChatTemplate.Message;
import org.einthoven.models.text.TextStream;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.TensorException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets a language model write on. */
@Command(name = "generate", description = "text from a language model")
final class GenerateVerb extends Verb {
    @Option(
            names = "--llm",
            required = true,
            paramLabel = "PATH",
            description = "folder with config.json and *.safetensors, or one .gguf or .safetensors file")
    Path path;

    @ArgGroup(multiplicity = "1")
    Prompt prompt;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "most tokens to write (${DEFAULT-VALUE})")
    int maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", description = "0, the default, is greedy")
    double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "draw from the likeliest tokens of this probability")
    double topP;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "draw from the K likeliest tokens; 0 for all")
    int topK;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "draw from tokens at least P times as likely as the likeliest")
    double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            defaultValue = "1",
            description = "what logits of tokens that were there before are divided by; 1 for none")
    double repetitionPenalty;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "a text that ends what is written and is no part of it; may be repeated")
    List<String> stops = List.of();

    @Option(names = "--chat", description = "the prompt is what a user says: it is put into the model's chat template")
    boolean chat;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "what a chat begins with, before the user's words; with --chat")
    @Nullable
    String system;

    @Option(
            names = "--cache",
            paramLabel = "TYPE",
            defaultValue = "F32",
            description = "what keys and values are kept in: F32, or F16 in half the memory (${DEFAULT-VALUE})")
    CacheType cache;

    @Option(
            names = "--repack",
            description =
                    "write tokens from a second copy of matrices in Q4_0, with rows interleaved and activations rounded"
                            + " to 8 bits: faster, in as much memory again, and not the same bits")
    boolean repack;

    /** Types of a key-value cache. */
    enum CacheType {
        F32,
        F16
    }

    /** One or the other. */
    static final class Prompt {
        @Option(
                names = "--prompt",
                required = true,
                paramLabel = "TEXT",
                description = "text to write on from; BOS is put before it " + "as the tokenizer's configuration says")
        @Nullable
        String text;

        @Option(
                names = "--ids",
                required = true,
                paramLabel = "LIST",
                converter = TokenIds.Converter.class,
                description = "token ids to write on from, used verbatim; no tokenizer is needed")
        @Nullable
        TokenIds ids;
    }

    @Override
    Result result() {
        atLeast("--max-tokens", maxTokens, 0);
        atLeast("--top-k", topK, 0);
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new Failure.Usage("--stop: an empty text would end every text at once");
        }
        if (chat && prompt.text == null || system != null && !chat) {
            throw new Failure.Usage(
                    chat
                            ? "--chat: needs the words of --prompt, not --ids"
                            : "--system: has a meaning with --chat only");
        }
        Sampler sampler = sampler();
        long start = System.nanoTime();
        try (Llm llm = Llm.open(path, repack ? Decoding.REPACKED : Decoding.FROM_FILE)) {
            double loadSeconds = (System.nanoTime() - start) * 1e-9;
            llm.repacked().ifPresent(GenerateVerb::say);
            int[] ids = ids(llm);
            boolean halves = cache == CacheType.F16;
            if (stops.isEmpty()) {
                Generation g = llm.generate(ids, maxTokens, sampler, halves, id -> true);
                return written(llm, ids, g, loadSeconds, Optional.empty());
            }
            TextStream stream = new TextStream(llm.requireTokenizer(), stops);
            StringBuilder text = new StringBuilder();
            Generation g = llm.generate(ids, maxTokens, sampler, halves, id -> {
                text.append(stream.add(id));
                return !stream.stopped();
            });
            return written(
                    llm,
                    ids,
                    g,
                    loadSeconds,
                    Optional.of(text.append(stream.end()).toString()));
        } catch (TensorException e) {
            throw new Failure.BadInput(path, e);
        }
    }

    private static void say(RepackedWeights w) {
        Progress.say(String.format(
                java.util.Locale.ROOT,
                "repacked %d matrices in %.1f MB; as stored: %s",
                w.matrices(),
                w.bytes() * 1e-6,
                w.asStored().isEmpty() ? "none" : String.join(", ", w.asStored())));
    }

    private int[] ids(Llm llm) {
        if (prompt.ids != null) {
            return prompt.ids.ids();
        }
        String text = Objects.requireNonNull(prompt.text, "picocli asks for one of the two");
        if (!chat) {
            return llm.requireTokenizer().encodePrompt(text);
        }
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Message("system", system));
        }
        messages.add(new Message("user", text));
        return llm.requireChatTemplate().encode(messages, llm.requireTokenizer());
    }

    private Sampler sampler() {
        try {
            return new Sampler(
                    temperature,
                    topK == 0 ? Integer.MAX_VALUE : topK,
                    topP,
                    minP,
                    repetitionPenalty,
                    Rng.of(seed).split("sampling"));
        } catch (TensorException e) {
            throw new Failure.Usage("--" + e.getMessage());
        }
    }

    /** @param stopped the text before a stop string, where there may be one */
    private Result written(Llm llm, int[] ids, Generation g, double loadSeconds, Optional<String> stopped) {
        Result r = new Result().put("prompt_ids", ids).put("ids", g.ids());
        if (prompt.text != null || stopped.isPresent()) {
            String text = stopped.orElseGet(() -> llm.text(g));
            r.put("text", text).line(text);
        } else {
            r.line(String.join(",", g.ids().stream().map(String::valueOf).toList()));
        }
        OptionalDouble peak = PeakMemory.megabytes();
        Progress.say(String.format(
                java.util.Locale.ROOT,
                "loaded in %.2f s; prompt %d tokens, %.1f/s; wrote %d, %.1f/s; ended by %s",
                loadSeconds,
                ids.length,
                g.prefillTokensPerSecond(),
                g.ids().size(),
                g.decodeTokensPerSecond(),
                g.end()));
        return r.put("end", g.end().name().toLowerCase(java.util.Locale.ROOT))
                .put("prefill_tokens_per_s", g.prefillTokensPerSecond())
                .put("decode_tokens_per_s", g.decodeTokensPerSecond())
                .put("load_s", loadSeconds)
                .put("peak_rss_mb", peak.isPresent() ? peak.getAsDouble() : null);
    }
}
