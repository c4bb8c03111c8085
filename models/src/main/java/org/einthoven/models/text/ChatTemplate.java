package org.einthoven.models.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.einthoven.models.io.StrictJson;
import org.einthoven.models.text.template.Template;
import org.einthoven.models.text.template.TemplateException;
import org.einthoven.tensor.FormatException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * How a chat model wants to be spoken to: the template that comes with it, written in the language Jinja, renders messages to
 * the text of a prompt. Immutable and safe for many threads.
 *
 * <pre>{@code
 * int[] prompt = chat.encode(List.of(new Message("user", "Is this ECG normal?")), tokenizer);
 * }</pre>
 */
public final class ChatTemplate {
    /**
     * What somebody said.
     *
     * @param role {@code system}, {@code user} or {@code assistant}, or what else the template knows
     */
    public record Message(String role, String content) {}

    private static final String FIELD = "chat_template";
    private static final long MOST_BYTES = 1 << 20;

    private final String file;
    private final Template template;

    /**
     * @param source the template
     * @param file where it comes from, for errors
     * @throws FormatException when it cannot be parsed
     */
    public ChatTemplate(String source, String file) {
        this.file = file;
        try {
            this.template = Template.parse(source);
        } catch (TemplateException e) {
            throw new FormatException(file, FormatException.WHOLE_FILE, FIELD, e.getMessage(), e);
        }
    }

    /** The template of a model's folder: {@code chat_template.jinja}, or in {@code tokenizer_config.json}. */
    public static Optional<ChatTemplate> in(Path folder) {
        return textIn(folder).map(source -> new ChatTemplate(source, folder.toString()));
    }

    /** As {@link #in}, not parsed. */
    public static Optional<String> textIn(Path folder) {
        Path own = folder.resolve("chat_template.jinja");
        Path config = folder.resolve("tokenizer_config.json");
        if (Files.isRegularFile(own)) {
            return Optional.of(text(own));
        }
        return Files.isRegularFile(config)
                ? StrictJson.read(config, "tokenizer_config", p -> ofConfig(p, config))
                : Optional.empty();
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new FormatException(
                        file.toString(), MOST_BYTES, FIELD, "is longer than the " + MOST_BYTES + " bytes allowed");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, FIELD, "is not UTF-8; is it the right file?", e);
        } catch (IOException e) {
            throw new FormatException(
                    file.toString(), FormatException.WHOLE_FILE, FIELD, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** One template, or several with names, of which {@code default} counts. */
    private static Optional<String> ofConfig(JsonParser p, Path config) {
        StrictJson.expect(p, JsonToken.START_OBJECT, config.toString(), 0, "tokenizer_config");
        Optional<String> found = Optional.empty();
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean named = p.currentName().equals(FIELD);
            p.nextToken();
            if (!named) {
                p.skipChildren();
                continue;
            }
            var node = StrictJson.smallTree(p, config.toString(), FIELD);
            if (node.isString()) {
                found = Optional.of(node.stringValue());
            }
            for (var each : node.isArray() ? node : List.<JsonNode>of()) {
                if (each.path("name").asString("").equals("default")
                        && each.path("template").isString()) {
                    found = Optional.of(each.path("template").stringValue());
                }
            }
        }
        return found;
    }

    /**
     * The text of a prompt.
     *
     * @param begin whether the assistant's turn is begun, for the model to write on
     * @param bos text of BOS, and {@code eos} of EOS, where there are such tokens
     * @throws FormatException when the template refuses the messages
     */
    public String render(List<Message> messages, boolean begin, String bos, String eos) {
        List<Map<String, Object>> all = new ArrayList<>();
        messages.forEach(m -> all.add(Map.of("role", m.role(), "content", m.content())));
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", all);
        variables.put("add_generation_prompt", begin);
        variables.put("bos_token", bos);
        variables.put("eos_token", eos);
        variables.put("tools", null);
        variables.put("documents", null);
        try {
            return template.render(variables);
        } catch (TemplateException e) {
            throw new FormatException(
                    file, FormatException.WHOLE_FILE, FIELD, "these messages do not fit: " + e.getMessage(), e);
        }
    }

    /** Ids of a prompt, the assistant's turn begun. The template says whether BOS comes first. */
    public int[] encode(List<Message> messages, Tokenizer tokenizer) {
        return tokenizer.encodeMarked(render(messages, true, tokenizer));
    }

    /** As {@link #render(List, boolean, String, String)}, with the tokens of a tokenizer. */
    public String render(List<Message> messages, boolean begin, Tokenizer tokenizer) {
        return render(messages, begin, piece(tokenizer, tokenizer.bos()), piece(tokenizer, tokenizer.eos()));
    }

    private static String piece(Tokenizer tokenizer, OptionalInt id) {
        return id.isPresent() ? tokenizer.piece(id.getAsInt()) : "";
    }
}
