package org.einthoven.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.einthoven.models.llm.Generation;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.Sampler;
import org.einthoven.models.text.ChatTemplate;
import org.einthoven.models.text.ChatTemplate.Message;
import org.einthoven.models.text.TextStream;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.tensor.Rng;

/** Answers requests with one language model. Safe for many threads: every answer has a session of its own. */
final class Chat {
    private static final int MAX_TOKENS = 512;

    private final Llm llm;
    private final ChatTemplate template;
    private final Rng rng;
    private final AtomicLong answers = new AtomicLong();

    /** @param seed of what is drawn: the n-th answer depends on it, on n and on the request alone */
    Chat(Llm llm, long seed) {
        this.llm = llm;
        this.template = llm.requireChatTemplate();
        this.rng = Rng.of(seed).split("chat");
    }

    /**
     * @param piece takes the text as soon as it is certain
     * @param cancelled asked behind each token
     * @throws UnsupportedFeatureException for a request that a model of texts cannot answer
     */
    ChatResponse answer(ChatRequest request, Consumer<String> piece, BooleanSupplier cancelled) {
        refuse(request);
        Tokenizer tokenizer = llm.requireTokenizer();
        int[] prompt = template.encode(messages(request.messages()), tokenizer);
        TextStream stream = new TextStream(tokenizer, request.stopSequences());
        StringBuilder text = new StringBuilder();
        Consumer<String> out = s -> {
            if (!s.isEmpty()) {
                text.append(s);
                piece.accept(s);
            }
        };
        int most = request.maxOutputTokens() == null ? MAX_TOKENS : request.maxOutputTokens();
        Generation g = llm.session().generate(prompt, most, sampler(request), id -> {
            out.accept(stream.add(id));
            return !stream.stopped() && !cancelled.getAsBoolean();
        });
        out.accept(stream.end());
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(text.toString()))
                .tokenUsage(new TokenUsage(prompt.length, g.ids().size()))
                .finishReason(reason(g.end(), stream.stopped()))
                .build();
    }

    private static FinishReason reason(Generation.End end, boolean stopString) {
        return switch (end) {
            case EOS -> FinishReason.STOP;
            case MAX_TOKENS, CONTEXT -> FinishReason.LENGTH;
            case STOPPED -> stopString ? FinishReason.STOP : FinishReason.OTHER;
        };
    }

    private Sampler sampler(ChatRequest r) {
        return new Sampler(
                r.temperature() == null ? 0 : r.temperature(),
                r.topK() == null ? Integer.MAX_VALUE : r.topK(),
                r.topP() == null ? 1 : r.topP(),
                rng.split(answers.getAndIncrement()));
    }

    private static List<Message> messages(List<ChatMessage> given) {
        List<Message> messages = new ArrayList<>();
        for (ChatMessage m : given) {
            messages.add(
                    switch (m) {
                        case SystemMessage s -> new Message("system", s.text());
                        case UserMessage u when u.hasSingleText() -> new Message("user", u.singleText());
                        case AiMessage a
                        when a.text() != null && !a.hasToolExecutionRequests() -> new Message("assistant", a.text());
                        default ->
                            throw new UnsupportedFeatureException("a message of the type " + m.type()
                                    + " with something other than text cannot be read");
                    });
        }
        return messages;
    }

    private static void refuse(ChatRequest r) {
        refuse(r.toolSpecifications() != null && !r.toolSpecifications().isEmpty(), "tools");
        refuse(
                r.responseFormat() != null && r.responseFormat().type() != ResponseFormatType.TEXT,
                "a response format other than text");
        refuse(r.frequencyPenalty() != null && r.frequencyPenalty() != 0, "a frequency penalty");
        refuse(r.presencePenalty() != null && r.presencePenalty() != 0, "a presence penalty");
    }

    private static void refuse(boolean asked, String what) {
        if (asked) {
            throw new UnsupportedFeatureException(what + " is not supported by this model");
        }
    }
}
