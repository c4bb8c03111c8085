package org.einthoven.models.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.einthoven.tensor.Nullable;

/**
 * The content of a checkpoint laid out by dotted path: dictionary keys, list positions, attributes of objects. OmegaConf's
 * nodes are what they contain. A container that occurs more than once, or inside itself, is laid out where it occurs first.
 */
final class TorchTree {
    private static final int MAX_DEPTH = 200;
    private static final int MAX_LISTED_ARGUMENTS = 4;
    private static final long PATHS_FREE = 2 << 20;

    private final MappedFile file;
    private final Map<String, Pickled.TensorRef> tensors = new LinkedHashMap<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private long pathBudget;

    private TorchTree(MappedFile file) {
        this.file = file;
        this.pathBudget = file.size() + PATHS_FREE;
    }

    static TorchTree of(MappedFile file, @Nullable Object root) {
        TorchTree tree = new TorchTree(file);
        tree.visit("", root, 0);
        return tree;
    }

    Map<String, Pickled.TensorRef> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    private void visit(String path, @Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw file.bad(
                    0, path.substring(0, Math.min(200, path.length())), "objects are nested deeper than " + MAX_DEPTH);
        }
        switch (value) {
            case Pickled.TensorRef t -> add(tensors, path, t);
            case Map<?, ?> m when first(m) -> map(path, m, depth);
            case List<?> l when first(l) -> items(path, l, depth);
            case Pickled.Tuple t when first(t) -> items(path, t.items(), depth);
            case Pickled.Foreign f when first(f) -> object(path, f, depth);
            case Pickled.Global g -> add(values, path, g.toString());
            case Pickled.Pair p -> visit(join(path, p.key()), p.value(), depth + 1);
            case null -> {}
            default -> {
                if (isScalar(value)) {
                    add(values, path, value);
                }
            }
        }
    }

    private void map(String path, Map<?, ?> map, int depth) {
        map.forEach((key, value) -> visit(join(path, key), value, depth + 1));
    }

    private void items(String path, List<?> items, int depth) {
        if (items.stream().allMatch(i -> i == null || isScalar(i))) {
            add(values, path, Collections.unmodifiableList(items));
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            visit(join(path, i), items.get(i), depth + 1);
        }
    }

    private void object(String path, Pickled.Foreign object, int depth) {
        List<Object> states = new ArrayList<>();
        for (Object content : object.contents()) {
            states.addAll(
                    content instanceof Pickled.Tuple t
                            ? t.items()
                            : List.of(content == null ? Pickled.None.NONE : content));
        }
        boolean laidOut = false;
        for (Object state : states) {
            if (state instanceof Map<?, ?> m) {
                Object inner =
                        m.containsKey("_content") ? m.get("_content") : m.containsKey("_val") ? m.get("_val") : m;
                visit(path, inner, depth + 1);
                laidOut = true;
            } else if (state instanceof Pickled.Pair) {
                visit(path, state, depth + 1);
                laidOut = true;
            }
        }
        if (!laidOut) {
            add(values, path, describe(object));
        }
    }

    /** For example {@code torch.device(cpu)}. */
    private static String describe(Pickled.Foreign object) {
        String type = object.type() instanceof Pickled.Global g ? g.toString() : "object";
        List<?> arguments = object.arguments();
        boolean brief = arguments.size() <= MAX_LISTED_ARGUMENTS
                && arguments.stream().allMatch(a -> isScalar(a) || a instanceof Pickled.Global);
        return type
                + (brief
                        ? "("
                                + String.join(
                                        ", ",
                                        arguments.stream().map(String::valueOf).toList()) + ")"
                        : "");
    }

    private static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean;
    }

    private boolean first(Object container) {
        return seen.add(container);
    }

    private String join(String path, @Nullable Object key) {
        String name = isScalar(key) || key instanceof Pickled.Global ? String.valueOf(key) : "?";
        pathBudget -= path.length() + name.length();
        if (pathBudget < 0) {
            throw file.bad(0, "names", "take more room than the file itself; it is damaged or made to exhaust memory");
        }
        return path.isEmpty() ? name : path + "." + name;
    }

    private <T> void add(Map<String, T> to, String path, T value) {
        if (to.putIfAbsent(path, value) != null && to == (Object) tensors) {
            throw file.bad(0, path, "two tensors have this path");
        }
    }
}
