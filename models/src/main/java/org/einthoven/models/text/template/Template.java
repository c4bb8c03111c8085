package org.einthoven.models.text.template;

import java.util.List;
import java.util.Map;

/**
 * A parsed template. Line ends behind a block tag and white space in front of one are dropped, as Hugging Face sets it up.
 * Values are strings, {@code Long}, {@code Double}, {@code Boolean}, {@code List}, {@code Map} by string, and null for none.
 * Immutable and safe for many threads.
 */
public final class Template {
    private final List<Statement> body;

    private Template(List<Statement> body) {
        this.body = body;
    }

    /** @throws TemplateException when it is no template, or uses what is not built */
    public static Template parse(String source) {
        return new Template(new Parser(new Lexer(source).tokens()).template());
    }

    /** @throws TemplateException when the template refuses the variables, or works with values that do not fit */
    public String render(Map<String, ?> variables) {
        Frame frame = Frame.of(variables);
        try {
            Effort.within(() -> Statement.run(body, frame));
        } catch (StackOverflowError e) {
            throw new TemplateException("builds values that are nested too deep");
        }
        return frame.text();
    }
}
