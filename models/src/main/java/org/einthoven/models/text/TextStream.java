package org.einthoven.models.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The text of tokens that come one by one. What it gives out is certain: whole characters only, though a token may hold a part
 * of one, and nothing that may turn out to be the beginning of a stop string. For one text and one thread.
 *
 * <pre>{@code
 * TextStream text = new TextStream(tokenizer, List.of("User:"));
 * generator.generate(prompt, 100, sampler, id -> {
 *     System.out.print(text.add(id));
 *     return !text.stopped();
 * });
 * System.out.print(text.end());
 * }</pre>
 */
public final class TextStream {
    private final Tokenizer tokenizer;
    private final List<String> stops;
    /** Bytes behind the last whole character. */
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();

    private String held = "";
    private boolean stopped;

    /** @param stops strings that end the text and are no part of it; none may be empty */
    public TextStream(Tokenizer tokenizer, List<String> stops) {
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("an empty stop string would end every text at once");
        }
        this.tokenizer = tokenizer;
        this.stops = List.copyOf(stops);
    }

    /** Takes a token and gives the text that is now certain; nothing once a stop string was met. */
    public String add(int id) {
        if (stopped) {
            return "";
        }
        part.writeBytes(tokenizer.bytes(id));
        byte[] bytes = part.toByteArray();
        int whole = bytes.length - unfinished(bytes);
        part.reset();
        part.write(bytes, whole, bytes.length - whole);
        held += new String(bytes, 0, whole, StandardCharsets.UTF_8);
        return certain();
    }

    /** Whether a stop string was met. */
    public boolean stopped() {
        return stopped;
    }

    /** The text that was held back, when no more tokens come; a part of a character becomes U+FFFD. */
    public String end() {
        String rest = held + part.toString(StandardCharsets.UTF_8);
        held = "";
        part.reset();
        return rest;
    }

    private String certain() {
        int end =
                stops.stream().mapToInt(held::indexOf).filter(i -> i >= 0).min().orElse(-1);
        stopped = end >= 0;
        int upTo = stopped
                ? end
                : held.length() - stops.stream().mapToInt(this::begun).max().orElse(0);
        String text = held.substring(0, upTo);
        held = stopped ? "" : held.substring(upTo);
        if (stopped) {
            part.reset();
        }
        return text;
    }

    /** Length of the longest end of the held text that is the beginning of a stop string. */
    private int begun(String stop) {
        int n = Math.min(held.length(), stop.length() - 1);
        while (n > 0 && !stop.startsWith(held.substring(held.length() - n))) {
            n--;
        }
        return n;
    }

    /** Bytes at the end that begin a character of UTF-8 and need more to finish it. */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xFF;
            if (b < 0x80) {
                return 0;
            }
            if (b >= 0xC0) {
                int length = b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF8 ? 4 : 1;
                return back < length ? back : 0;
            }
        }
        return 0;
    }
}
