package org.einthoven.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.einthoven.models.io.SafetensorsWriter;
import org.einthoven.models.llm.Llama;
import org.einthoven.models.llm.Llm;
import org.einthoven.models.llm.LlmConfig;
import org.einthoven.models.llm.RopeScaling;
import org.einthoven.models.text.BpeTrainer;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Rng;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a tiny model of random weights, whose tokens are bytes. */
class EinthovenChatModelTest {
    private static final String TEMPLATE = "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\\n"
            + "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";

    @TempDir
    static Path folder;

    private static Llm llm;

    @BeforeAll
    static void make() throws IOException {
        LlmConfig config = new LlmConfig(
                258,
                32,
                48,
                1,
                4,
                2,
                8,
                1e-5,
                new LlmConfig.Rotary(10_000, new RopeScaling.None(), false),
                256,
                true,
                OptionalInt.of(0),
                new TreeSet<>(List.of(1)));
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 258, "hidden_size": 32, "intermediate_size": 48,
                 "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
                 "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 256,
                 "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 1}""");
        Files.writeString(
                folder.resolve("tokenizer.json"),
                new BpeTrainer().add("yes no").tokenizerJson(0, "<|begin_of_text|>", "<|end_of_text|>"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<|begin_of_text|>\", \"chat_template\": \"" + TEMPLATE + "\"}");
        SafetensorsWriter.write(
                folder.resolve("model.safetensors"),
                new Llama(config).init(Rng.of(1)).map(w -> w.mul(8)).toMap(),
                Map.of());
        llm = Llm.open(folder);
    }

    @AfterAll
    static void close() {
        llm.close();
    }

    private static ChatRequest.Builder request() {
        return ChatRequest.builder()
                .messages(SystemMessage.from("Be brief."), UserMessage.from("Is it normal?"))
                .maxOutputTokens(12);
    }

    @Test
    void anAnswerIsWhatTheModelWritesBehindTheTemplate() {
        ChatResponse r = new EinthovenChatModel(llm).chat(request().build());
        String prompt = "<|begin_of_text|>system: Be brief.\nuser: Is it normal?\nassistant: ";
        int[] ids = llm.requireTokenizer().encodeMarked(prompt);
        var expected = llm.session().generate(ids, 12, org.einthoven.models.llm.Sampler.greedy());
        assertEquals(llm.text(expected), r.aiMessage().text());
        assertEquals(ids.length, r.tokenUsage().inputTokenCount());
        assertEquals(expected.ids().size(), r.tokenUsage().outputTokenCount());
        assertEquals(12, expected.ids().size(), "this seed writes no end token");
        assertEquals(FinishReason.LENGTH, r.finishReason());
    }

    @Test
    void aStopSequenceEndsTheAnswer() {
        EinthovenChatModel model = new EinthovenChatModel(llm);
        String whole = model.chat(request().build()).aiMessage().text();
        String stop = whole.substring(3, 5);
        ChatResponse r = model.chat(request().stopSequences(List.of(stop)).build());
        assertEquals(whole.substring(0, whole.indexOf(stop)), r.aiMessage().text());
        assertEquals(FinishReason.STOP, r.finishReason());
    }

    @Test
    void theSeedSaysWhatIsDrawn() {
        ChatRequest hot = request().temperature(2.0).build();
        String first = new EinthovenChatModel(llm, 1).chat(hot).aiMessage().text();
        assertEquals(first, new EinthovenChatModel(llm, 1).chat(hot).aiMessage().text());
        assertNotEquals(
                first, new EinthovenChatModel(llm, 2).chat(hot).aiMessage().text());
    }

    @Test
    void piecesMakeUpTheWholeAnswer() throws Exception {
        StringBuilder pieces = new StringBuilder();
        CompletableFuture<ChatResponse> done = new CompletableFuture<>();
        new EinthovenStreamingChatModel(llm).chat(request().build(), new Handler(done) {
            @Override
            public void onPartialResponse(String piece) {
                pieces.append(piece);
            }
        });
        String text = done.get(60, TimeUnit.SECONDS).aiMessage().text();
        assertEquals(text, pieces.toString());
        assertEquals(
                new EinthovenChatModel(llm).chat(request().build()).aiMessage().text(), text);
    }

    @Test
    void cancellingEndsWithinOneToken() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        AtomicInteger pieces = new AtomicInteger();
        ChatRequest endless = request().maxOutputTokens(200).build();
        new EinthovenStreamingChatModel(llm).chat(endless, new Handler(new CompletableFuture<>()) {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                pieces.incrementAndGet();
                context.streamingHandle().cancel();
                cancelled.complete(null);
            }
        });
        cancelled.get(60, TimeUnit.SECONDS);
        new EinthovenChatModel(llm).chat(request().build()); // time in which more pieces would come
        assertEquals(1, pieces.get());
    }

    @Test
    void whatCannotBeAnsweredIsRefused() throws Exception {
        EinthovenChatModel model = new EinthovenChatModel(llm);
        ToolSpecification tool = ToolSpecification.builder().name("t").build();
        assertThrows(
                UnsupportedFeatureException.class,
                () -> model.chat(request().toolSpecifications(tool).build()));
        assertThrows(
                UnsupportedFeatureException.class,
                () -> model.chat(request().frequencyPenalty(1.0).build()));
        CompletableFuture<ChatResponse> done = new CompletableFuture<>();
        ChatRequest tooLong = ChatRequest.builder()
                .messages(UserMessage.from("x".repeat(1000)), AiMessage.from("y"), UserMessage.from("z"))
                .build();
        new EinthovenStreamingChatModel(llm).chat(tooLong, new Handler(done));
        Throwable e = assertThrows(Exception.class, () -> done.get(60, TimeUnit.SECONDS))
                .getCause();
        assertTrue(e.getMessage().contains("longer than this model's context of 256"), e.getMessage());
    }

    @Test
    void aModelWithoutATemplateIsRefused(@TempDir Path bare) throws IOException {
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(folder.resolve(name), bare.resolve(name));
        }
        try (Llm other = Llm.open(bare)) {
            FormatException e = assertThrows(FormatException.class, () -> new EinthovenChatModel(other));
            assertEquals("chat_template", e.field());
        }
    }

    private static class Handler implements StreamingChatResponseHandler {
        private final CompletableFuture<ChatResponse> done;

        Handler(CompletableFuture<ChatResponse> done) {
            this.done = done;
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            done.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }
    }
}
