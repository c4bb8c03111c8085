package org.einthoven.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import org.einthoven.models.llm.Llm;

/**
 * As {@link EinthovenChatModel}, giving out the text while it is written: whole characters only, each piece as soon as it is
 * certain. The answer is written on a thread of its own; cancelling its handle ends it within one token.
 */
public final class EinthovenStreamingChatModel implements StreamingChatModel {
    private static final long SEED = 222;

    private final Chat chat;

    /** @throws org.einthoven.tensor.FormatException when the model has no tokenizer or no chat template */
    public EinthovenStreamingChatModel(Llm llm) {
        this(llm, SEED);
    }

    /** @param seed of what is drawn above temperature 0: the same requests in the same order have the same answers */
    public EinthovenStreamingChatModel(Llm llm, long seed) {
        this.chat = new Chat(llm, seed);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Thread.ofVirtual().name("einthoven-chat").start(() -> answer(request, handler));
    }

    private void answer(ChatRequest request, StreamingChatResponseHandler handler) {
        Handle handle = new Handle();
        PartialResponseContext context = new PartialResponseContext(handle);
        ChatResponse whole;
        try {
            whole = chat.answer(
                    request,
                    piece -> handler.onPartialResponse(new PartialResponse(piece), context),
                    handle::isCancelled);
        } catch (RuntimeException | OutOfMemoryError e) {
            handler.onError(e);
            return;
        }
        if (!handle.isCancelled()) {
            handler.onCompleteResponse(whole);
        }
    }

    private static final class Handle implements StreamingHandle {
        private volatile boolean cancelled;

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }
}
