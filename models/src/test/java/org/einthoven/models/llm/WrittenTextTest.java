package org.einthoven.models.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.einthoven.models.io.Shared;
import org.einthoven.tensor.TensorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the real model of 260,000 parameters. */
class WrittenTextTest {
    private static final int TOKENS = 30;

    private Llm llm;
    private int[] prompt;

    @BeforeEach
    void open() {
        llm = Llm.open(Shared.data("llm/stories260K-gguf/stories260K-q8_0.gguf"));
        prompt = llm.requireTokenizer().encodePrompt("Once upon a time");
    }

    @AfterEach
    void close() {
        if (llm != null) {
            llm.close();
        }
    }

    private WrittenText write(int tokens, String... stops) {
        return llm.write(llm.session(), prompt, tokens, Sampler.greedy(), List.of(stops));
    }

    @Test
    void thePiecesAreTheText() {
        String whole = llm.text(llm.generate(prompt, TOKENS, Sampler.greedy()));
        StringBuilder joined = new StringBuilder();
        try (WrittenText text = write(TOKENS)) {
            assertTrue(text.generation().isEmpty());
            text.forEachRemaining(joined::append);
            assertEquals(TOKENS, text.generation().orElseThrow().ids().size());
        }
        assertEquals(whole, joined.toString());
        String stop = whole.substring(10, 14);
        StringBuilder stopped = new StringBuilder();
        try (WrittenText text = write(TOKENS, stop)) {
            text.forEachRemaining(stopped::append);
        }
        assertEquals(whole.substring(0, whole.indexOf(stop)), stopped.toString());
    }

    @Test
    void closingEndsTheWriting() {
        WrittenText text = write(450);
        assertTrue(text.hasNext());
        text.next();
        text.close(); // waits for the writer
        assertTrue(text.generation().orElseThrow().ids().size() <= 3, "the writer was far ahead of its reader");
        assertFalse(text.hasNext());
    }

    @Test
    void whatGoesWrongIsThrownToTheReader() {
        int[] tooLong = new int[600];
        WrittenText text = llm.write(llm.session(), tooLong, 1, Sampler.greedy(), List.of());
        assertThrows(TensorException.class, text::hasNext);
    }

    @Test
    void aFlowGivesWhatIsAskedForAndEndsWhenCancelled() throws Exception {
        List<String> got = new ArrayList<>();
        CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
        CompletableFuture<Void> third = new CompletableFuture<>();
        WrittenText text = write(450);
        text.publisher().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription s) {
                subscribed.complete(s);
                s.request(3);
            }

            @Override
            public void onNext(String piece) {
                got.add(piece);
                if (got.size() == 3) {
                    third.complete(null);
                }
            }

            @Override
            public void onError(Throwable e) {
                third.completeExceptionally(e);
            }

            @Override
            public void onComplete() {
                third.completeExceptionally(new AssertionError("450 tokens are not written yet"));
            }
        });
        third.get(60, TimeUnit.SECONDS);
        subscribed.get().cancel();
        text.close();
        assertEquals(3, got.size());
        assertTrue(text.generation().orElseThrow().ids().size() <= 6);
    }
}
