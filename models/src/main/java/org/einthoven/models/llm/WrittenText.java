package org.einthoven.models.llm;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.einthoven.models.text.TextStream;
import org.einthoven.models.text.Tokenizer;

/**
 * A text while a model writes it, as an iterator over its pieces: whole characters, each piece as soon as it is certain. It is
 * written on a thread of its own, which waits until a piece is taken, so it is never more than one token ahead. For one reader.
 *
 * <pre>{@code
 * try (WrittenText text = llm.write(llm.session(), prompt, 100, Sampler.greedy(), List.of())) {
 *     text.forEachRemaining(System.out::print);
 * }
 * }</pre>
 */
public final class WrittenText implements Iterator<String>, AutoCloseable {
    private static final String END = new String("end"); // told from all others by identity

    private final SynchronousQueue<String> pieces = new SynchronousQueue<>();
    private final CompletableFuture<Generation> generation = new CompletableFuture<>();
    private final Thread writer;
    private volatile boolean cancelled;
    private Optional<String> next = Optional.empty();
    private boolean ended;

    WrittenText(
            Session session, Tokenizer tokenizer, int[] prompt, int maxTokens, Sampler sampler, List<String> stops) {
        TextStream stream = new TextStream(tokenizer, stops);
        writer = Thread.ofVirtual().name("einthoven-writer").start(() -> {
            try {
                Generation g = session.generate(prompt, maxTokens, sampler, id -> {
                    give(stream.add(id));
                    return !cancelled && !stream.stopped();
                });
                give(stream.end());
                generation.complete(g);
            } catch (RuntimeException | Error e) {
                generation.completeExceptionally(e);
            }
            giveEnd();
        });
    }

    private void give(String piece) {
        if (!piece.isEmpty()) {
            hand(piece);
        }
    }

    private void giveEnd() {
        hand(END);
    }

    /** Waits until it is taken, or nobody wants it any more. */
    private void hand(String piece) {
        try {
            while (!cancelled && !pieces.offer(piece, 10, TimeUnit.MILLISECONDS)) {
                // asked again, so that a cancellation is seen
            }
        } catch (InterruptedException e) {
            cancelled = true;
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next piece. What went wrong in writing is thrown here. */
    @Override
    public boolean hasNext() {
        if (ended || next.isPresent()) {
            return next.isPresent();
        }
        try {
            String piece = pieces.take();
            ended = isEnd(piece);
            next = ended ? Optional.empty() : Optional.of(piece);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
        if (ended && generation.isCompletedExceptionally()) {
            switch (generation.exceptionNow()) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
        return next.isPresent();
    }

    @SuppressWarnings("ReferenceEquality") // a piece may have the same letters
    private static boolean isEnd(String piece) {
        return piece == END;
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the text has ended");
        }
        String piece = next.orElseThrow();
        next = Optional.empty();
        return piece;
    }

    /** What was written, once the text has ended. */
    public Optional<Generation> generation() {
        return generation.isDone() && !generation.isCompletedExceptionally()
                ? Optional.of(generation.join())
                : Optional.empty();
    }

    /** Ends the writing within one token, if it goes on, and waits until it has. */
    @Override
    public void close() {
        cancelled = true;
        ended = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The same pieces as a flow, for one subscriber, on a thread of its own; cancelling ends the writing within one token. This
     * iterator is then the flow's.
     */
    public Flow.Publisher<String> publisher() {
        AtomicBoolean taken = new AtomicBoolean();
        return subscriber -> {
            if (taken.getAndSet(true)) {
                subscriber.onSubscribe(new Demand());
                subscriber.onError(new IllegalStateException("this text has a subscriber already"));
                return;
            }
            Demand demand = new Demand();
            Thread.ofVirtual().name("einthoven-flow").start(() -> publish(subscriber, demand));
        };
    }

    private void publish(Flow.Subscriber<? super String> subscriber, Demand demand) {
        subscriber.onSubscribe(demand);
        try (this) {
            while (demand.takeOne() && hasNext()) {
                subscriber.onNext(next());
            }
        } catch (RuntimeException e) {
            subscriber.onError(e);
            return;
        }
        if (demand.wrong()) {
            subscriber.onError(new IllegalArgumentException("at least one piece must be asked for"));
        } else if (!demand.isCancelled()) {
            subscriber.onComplete();
        }
    }

    /** How many pieces a subscriber has asked for. */
    private static final class Demand implements Flow.Subscription {
        private static final long CANCELLED = -1;
        private static final long WRONG = -2;

        private final AtomicLong asked = new AtomicLong();

        @Override
        public synchronized void request(long n) {
            asked.updateAndGet(a -> a < 0 ? a : n <= 0 ? WRONG : Math.max(a, a + n < 0 ? Long.MAX_VALUE : a + n));
            notifyAll();
        }

        @Override
        public synchronized void cancel() {
            asked.set(CANCELLED);
            notifyAll();
        }

        /** Waits for a demand; false when there will be none. */
        synchronized boolean takeOne() {
            try {
                while (asked.get() == 0) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return asked.getAndUpdate(a -> a > 0 && a < Long.MAX_VALUE ? a - 1 : a) > 0;
        }

        boolean wrong() {
            return asked.get() == WRONG;
        }

        boolean isCancelled() {
            return asked.get() == CANCELLED;
        }
    }
}
