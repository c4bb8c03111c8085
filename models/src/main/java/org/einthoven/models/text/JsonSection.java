package org.einthoven.models.text;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.FormatException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** One part of a {@code tokenizer.json}, with its path for errors. */
record JsonSection(String file, String path, JsonNode node) {
    /** A part that the file does not have. */
    static JsonSection absent(String file, String path) {
        return new JsonSection(file, path, MissingNode.getInstance());
    }

    boolean isAbsent() {
        return node.isNull() || node.isMissingNode();
    }

    /** The {@code type} of the part. */
    String type() {
        return string("type");
    }

    String string(String key) {
        JsonNode n = node.path(key);
        if (!n.isString()) {
            throw bad(key, "must be a string");
        }
        return n.asString();
    }

    String string(String key, String otherwise) {
        return node.path(key).isString() ? node.path(key).asString() : otherwise;
    }

    boolean flag(String key, boolean otherwise) {
        return node.path(key).isBoolean() ? node.path(key).asBoolean() : otherwise;
    }

    JsonSection child(String key) {
        return new JsonSection(file, path + "." + key, node.path(key));
    }

    List<JsonSection> list(String key) {
        if (!node.path(key).isArray()) {
            throw bad(key, "must be a list");
        }
        List<JsonSection> items = new ArrayList<>();
        for (JsonNode n : node.path(key)) {
            items.add(new JsonSection(file, path + "." + key + "[" + items.size() + "]", n));
        }
        return items;
    }

    /** {@code {"String": s}} or {@code {"Regex": r}}. */
    GuardedPattern pattern(String key) {
        JsonSection p = child(key);
        return p.node.path("String").isString()
                ? GuardedPattern.literal(p.string("String"))
                : GuardedPattern.of(p.string("Regex"), file, path + "." + key);
    }

    FormatException notRead() {
        return bad("type", "\"" + type() + "\" is not read");
    }

    FormatException bad(String key, String problem) {
        return new FormatException(file, FormatException.WHOLE_FILE, path + "." + key, problem);
    }
}
