package org.einthoven.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import org.einthoven.models.llm.Llm;

/**
 * A language model as a {@link ChatModel}, in this process. Temperature (0, greedy), top-p, top-k, stop sequences and the most
 * tokens (512) of a request count; tools, formats and penalties are refused. Safe for many threads.
 *
 * <pre>{@code
 * try (Llm llm = Llm.open(Path.of("Llama-3.2-1B-Instruct"))) {
 *     System.out.println(new EinthovenChatModel(llm).chat("What does a long QT interval mean?"));
 * }
 * }</pre>
 */
public final class EinthovenChatModel implements ChatModel {
    private static final long SEED = 222;

    private final Chat chat;

    /** @throws org.einthoven.tensor.FormatException when the model has no tokenizer or no chat template */
    public EinthovenChatModel(Llm llm) {
        this(llm, SEED);
    }

    /** @param seed of what is drawn above temperature 0: the same requests in the same order have the same answers */
    public EinthovenChatModel(Llm llm, long seed) {
        this.chat = new Chat(llm, seed);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return chat.answer(request, piece -> {}, () -> false);
    }
}
