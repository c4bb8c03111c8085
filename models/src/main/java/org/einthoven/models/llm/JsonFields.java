package org.einthoven.models.llm;

import org.einthoven.tensor.FormatException;
import tools.jackson.databind.JsonNode;

/** Fields of one JSON object of a file, checked as they are read; each error names the file and the key. */
record JsonFields(String file, JsonNode node) {
    /** Whether a key is there with a value other than null. */
    boolean has(String key) {
        return node.has(key) && !node.get(key).isNull();
    }

    /** The object below a key. */
    JsonFields object(String key) {
        JsonNode x = node.get(key);
        if (x == null || !x.isObject()) {
            throw bad(key, x == null ? "is missing" : "must be an object, not " + x);
        }
        return new JsonFields(file, x);
    }

    boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        JsonNode x = node.get(key);
        if (!x.isBoolean()) {
            throw bad(key, "must be true or false, not " + x);
        }
        return x.booleanValue();
    }

    String text(String key) {
        JsonNode x = node.get(key);
        if (x == null || !x.isString()) {
            throw bad(key, x == null ? "is missing" : "must be a string, not " + x);
        }
        return x.stringValue();
    }

    String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    int integer(String key) {
        JsonNode x = node.get(key);
        if (x == null) {
            throw bad(key, "is missing");
        }
        return integer(key, x);
    }

    int integer(String key, int otherwise) {
        return has(key) ? integer(key) : otherwise;
    }

    /** A value that belongs to {@code key}. */
    int integer(String key, JsonNode x) {
        if (!x.isIntegralNumber() || !x.canConvertToInt()) {
            throw bad(key, "must be a whole number below 2^31, not " + x);
        }
        return x.intValue();
    }

    double number(String key) {
        JsonNode x = node.get(key);
        if (x == null || !x.isNumber() || !Double.isFinite(x.doubleValue())) {
            throw bad(key, x == null ? "is missing" : "must be a finite number, not " + x);
        }
        return x.doubleValue();
    }

    double number(String key, double otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    FormatException bad(String key, String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, key, problem);
    }
}
