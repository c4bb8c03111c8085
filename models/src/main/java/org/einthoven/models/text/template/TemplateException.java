package org.einthoven.models.text.template;

import java.util.Objects;

/** A template that cannot be parsed, or refuses what it is given. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage(), "every refusal is told");
    }
}
