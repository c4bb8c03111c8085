package org.einthoven.models.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.ShapeException;

/**
 * The names that a torch checkpoint may use, and what each becomes: tensors, storages and Python's containers. Any other name
 * becomes an inert {@link Pickled.Foreign}; names whose only use in a pickle is to execute something refuse the file.
 */
final class TorchObjects implements Unpickler.AllowList {
    private static final Set<String> EXECUTING_MODULES = Set.of(
            "os",
            "posix",
            "nt",
            "sys",
            "subprocess",
            "_posixsubprocess",
            "pty",
            "shutil",
            "socket",
            "importlib",
            "runpy",
            "codeop",
            "ctypes",
            "commands",
            "popen2",
            "webbrowser",
            "pickle",
            "_pickle",
            "marshal",
            "bdb",
            "pdb",
            "pip");
    private static final Set<String> EXECUTING_SUBMODULES = Set.of("torch.hub", "code", "timeit", "cProfile");
    private static final Set<String> EXECUTING_BUILTINS = Set.of(
            "eval",
            "exec",
            "execfile",
            "compile",
            "open",
            "file",
            "input",
            "raw_input",
            "__import__",
            "getattr",
            "setattr",
            "delattr",
            "globals",
            "locals",
            "vars",
            "apply",
            "breakpoint",
            "map",
            "filter",
            "reduce",
            "help",
            "exit",
            "quit");

    private static final int MAX_RANK = 64;

    private final Set<String> foreign = new TreeSet<>();
    private final Map<String, Pickled.StorageRef> storages = new HashMap<>();

    /** Names that were met and are not understood, sorted. */
    List<String> foreignNames() {
        return List.copyOf(foreign);
    }

    /** The storages that tensors name, by key. */
    Map<String, Pickled.StorageRef> storages() {
        return Collections.unmodifiableMap(storages);
    }

    @Override
    public void check(Pickled.Global g, Cursor at) {
        String top = g.module().split("\\.", 2)[0];
        boolean builtin = g.module().equals("builtins") || g.module().equals("__builtin__");
        String first = g.name().split("\\.", 2)[0];
        if (EXECUTING_SUBMODULES.contains(g.module())
                || EXECUTING_MODULES.contains(top)
                || builtin && EXECUTING_BUILTINS.contains(first)) {
            throw at.bad(g.toString(), "this name can execute code, which no checkpoint needs; do not trust this file");
        }
    }

    @Override
    public Object call(Object callable, Object arguments, Cursor at) {
        List<Object> args = ((Pickled.Tuple) arguments).items();
        return switch (callable.toString()) {
            case "collections.OrderedDict", "collections.defaultdict", "builtins.dict", "__builtin__.dict" ->
                mapOf(callable, args);
            case "builtins.set",
                    "__builtin__.set",
                    "builtins.frozenset",
                    "__builtin__.frozenset",
                    "builtins.list",
                    "__builtin__.list" ->
                !args.isEmpty() && args.getFirst() instanceof List<?> l ? new ArrayList<Object>(l) : new ArrayList<>();
            case "torch.Size" ->
                !args.isEmpty() && args.getFirst() instanceof Pickled.Tuple t ? t : new Pickled.Tuple(args);
            case "_codecs.encode" -> encoded(callable, args);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(args, null, at);
            case "torch._utils._rebuild_tensor_v3" -> tensor(args, args.size() > 6 ? args.get(6) : null, at);
            case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
                args.isEmpty() ? foreign(callable, args) : args.getFirst();
            case "torch._tensor._rebuild_from_type_v2" ->
                args.size() > 2 && args.get(0) instanceof Pickled.Global g && args.get(2) instanceof Pickled.Tuple t
                        ? call(g, t, at)
                        : foreign(callable, args);
            default -> foreign(callable, args);
        };
    }

    private Object foreign(Object type, List<Object> args) {
        if (type instanceof Pickled.Global g) {
            foreign.add(g.toString());
        }
        return new Pickled.Foreign(type, args);
    }

    private Object mapOf(Object callable, List<Object> args) {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (args.isEmpty() || callable.toString().endsWith("defaultdict")) {
            return map;
        }
        if (args.size() == 1 && args.getFirst() instanceof Map<?, ?> m) {
            map.putAll(m);
            return map;
        }
        boolean pairs = args.size() == 1
                && args.getFirst() instanceof List<?> l
                && l.stream().allMatch(i -> pair(i).size() == 2 && !(pair(i).get(0) instanceof List));
        if (!pairs) {
            return foreign(callable, args);
        }
        ((List<?>) args.getFirst()).forEach(i -> map.put(pair(i).get(0), pair(i).get(1)));
        return map;
    }

    private static List<?> pair(Object item) {
        return item instanceof Pickled.Tuple t ? t.items() : item instanceof List<?> l ? l : List.of();
    }

    /** Protocol 2 writes bytes as text of one character each. */
    private Object encoded(Object callable, List<Object> args) {
        return args.size() == 2 && args.get(0) instanceof String s && "latin1".equals(args.get(1))
                ? s.getBytes(StandardCharsets.ISO_8859_1)
                : foreign(callable, args);
    }

    // ---------------------------------------------------------------- tensors and storages

    /** {@code (storage, offset, size, stride, ...)}, with a {@code torch.dtype} where the storage has none. */
    private static Pickled.TensorRef tensor(List<Object> args, @Nullable Object dtype, Cursor at) {
        if (args.size() < 4
                || !(args.get(0) instanceof Pickled.StorageRef storage)
                || !(args.get(1) instanceof Long offset)) {
            throw at.bad("tensor", "must be made of a storage, an offset, sizes and strides");
        }
        long[] sizes = numbers(args.get(2), "tensor sizes", at);
        long[] strides = numbers(args.get(3), "tensor strides", at);
        if (sizes.length != strides.length || sizes.length > MAX_RANK) {
            throw at.bad("tensor", sizes.length + " sizes and " + strides.length + " strides");
        }
        ElementType type = dtype == null ? storage.type() : ElementType.ofTorch(dtype.toString());
        int width = type == null || storage.type() == null
                ? 1
                : type.bytes() / storage.type().bytes();
        Shape shape = shape(sizes, at);
        inside(storage, offset, shape, strides, Math.max(1, width), at);
        return new Pickled.TensorRef(storage, type, offset, shape, strides);
    }

    private static Shape shape(long[] sizes, Cursor at) {
        int[] d = new int[sizes.length];
        for (int i = 0; i < d.length; i++) {
            if (sizes[i] < 0 || sizes[i] > Integer.MAX_VALUE) {
                throw at.bad("tensor sizes", "axis " + i + " has size " + sizes[i] + "; sizes are 0 to 2^31 - 1");
            }
            d[i] = (int) sizes[i];
        }
        try {
            return Shape.of(d);
        } catch (ShapeException e) {
            throw at.bad("tensor sizes", e.getMessage());
        }
    }

    /** @param width elements of the storage that one element of the tensor takes */
    private static void inside(
            Pickled.StorageRef storage, long offset, Shape shape, long[] strides, int width, Cursor at) {
        long count = storage.count() / width;
        if (offset < 0) {
            throw at.bad("tensor offset", offset + " is negative");
        }
        long last = offset;
        for (int i = 0; i < strides.length; i++) {
            if (strides[i] < 0) {
                throw at.bad(
                        "tensor strides",
                        "axis " + i + " has stride " + strides[i] + "; torch has no negative strides");
            }
            long steps = Math.max(0, shape.dim(i) - 1);
            if (steps > 0 && strides[i] > (Long.MAX_VALUE - last) / steps) {
                throw at.bad(
                        "tensor strides", "axis " + i + " with stride " + strides[i] + " leads outside its storage");
            }
            last += steps * strides[i];
        }
        if (shape.size() > 0 && last >= count) {
            throw at.bad(
                    "tensor",
                    shape + " at offset " + offset + " reaches element " + last + " of a storage of " + count);
        }
    }

    private static long[] numbers(Object tuple, String field, Cursor at) {
        List<?> items = tuple instanceof Pickled.Tuple t ? t.items() : tuple instanceof List<?> l ? l : null;
        if (items == null || !items.stream().allMatch(Long.class::isInstance)) {
            throw at.bad(field, "must be whole numbers");
        }
        return items.stream().mapToLong(x -> (Long) x).toArray();
    }

    /** {@code ('storage', class, key, location, count)}, in legacy files with {@code None} or {@code (key, offset, count)}. */
    @Override
    public Object persistent(@Nullable Object id, Cursor at) {
        List<Object> parts = id instanceof Pickled.Tuple t ? t.items() : List.of();
        if (parts.size() < 5
                || !"storage".equals(parts.get(0))
                || !(parts.get(1) instanceof Pickled.Global type)
                || !(parts.get(2) instanceof String key)
                || !(parts.get(4) instanceof Long total)
                || total < 0) {
            throw at.bad("persistent id", "must be a storage with class, key, location and size");
        }
        boolean torch = type.module().equals("torch") || type.module().startsWith("torch.");
        ElementType element = torch ? ElementType.ofTorch(type.name()) : null;
        if (parts.size() > 5 && parts.get(5) instanceof Pickled.Tuple view) {
            long[] range = numbers(
                    new Pickled.Tuple(view.items()
                            .subList(
                                    Math.min(1, view.items().size()),
                                    view.items().size())),
                    "storage view",
                    at);
            if (range.length != 2 || range[0] < 0 || range[1] < 0 || range[0] > total - range[1]) {
                throw at.bad("storage view", "must lie within its storage of " + total);
            }
            return storage(new Pickled.StorageRef(type.name(), element, key, range[0], range[1], total), at);
        }
        return storage(new Pickled.StorageRef(type.name(), element, key, 0, total, total), at);
    }

    private Pickled.StorageRef storage(Pickled.StorageRef s, Cursor at) {
        Pickled.StorageRef other = storages.putIfAbsent(s.key(), s);
        if (other != null && (other.type() != s.type() || other.total() != s.total())) {
            throw at.bad(
                    "storage " + s.key(),
                    "is " + other.total() + " of " + other.className() + " in one place and " + s.total() + " of "
                            + s.className() + " in another");
        }
        return s;
    }
}
