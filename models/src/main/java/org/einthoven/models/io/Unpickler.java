package org.einthoven.models.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;

/**
 * Reads one pickle (Python's {@code pickletools}, protocols 0 to 5) without running anything: what would be called is asked
 * of an allow-list, and everything else becomes an inert {@link Pickled.Foreign}. The objects made are counted against the
 * size of the file, so no pickle can ask for more memory than a few times its own size.
 */
final class Unpickler {
    /** The callables and persistent objects that are understood. */
    interface AllowList {
        /** Checks a name when it is met; refuses the file when it could execute something. */
        void check(Pickled.Global global, Cursor at);

        /** The result of calling {@code callable}, an inert object where it is not understood. */
        Object call(Object callable, Object arguments, Cursor at);

        Object persistent(@Nullable Object id, Cursor at);
    }

    private static final Object MARK = new Object();
    private static final int MAX_LINE = 4096;
    private static final int MAX_INTEGER_BYTES = 256;
    private static final int OBJECT_BYTES = 48;
    private static final int CONTAINER_BYTES = 96;
    private static final int SLOT_BYTES = 8;

    private final Cursor in;
    private final AllowList allow;
    private long budget;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    /** @param budget bytes of memory that the objects may take, roughly */
    Unpickler(Cursor in, AllowList allow, long budget) {
        this.in = in;
        this.allow = allow;
        this.budget = budget;
    }

    /** Reads up to and including STOP; null is Python's None. */
    @Nullable
    Object read() {
        while (true) {
            int op = in.u8("opcode");
            charge(SLOT_BYTES);
            if (op == '.') {
                return pop();
            }
            step(op);
        }
    }

    private void step(int op) {
        switch (op) {
            case 0x80 -> protocol(in.u8("protocol"));
            case 0x95 -> in.skip(8, "frame");
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(peek());

            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'I' -> push(integerLine());
            case 'L' -> push(longLine());
            case 'J' -> push((long) in.i32("integer"));
            case 'K' -> push((long) in.u8("integer"));
            case 'M' -> push((long) (in.i16("integer") & 0xffff));
            case 0x8a -> push(integer(in.u8("integer length")));
            case 0x8b -> push(integer(in.u32("integer length")));
            case 'F' -> push(decimal(line("float")));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.i64("float"))));

            case 'S' -> push(quoted(line("string")));
            case 'T' -> push(text(in.u32("string length")));
            case 'U', 0x8c -> push(text(in.u8("string length")));
            case 'V' -> push(line("string"));
            case 'X' -> push(text(in.u32("string length")));
            case 0x8d -> push(text(in.count(1, "string length")));
            case 'B' -> push(bytes(in.u32("bytes length")));
            case 'C' -> push(bytes(in.u8("bytes length")));
            case 0x8e, 0x96 -> push(bytes(in.count(1, "bytes length")));

            case ']', 0x8f -> push(list(List.of()));
            case 'l' -> push(list(popMark()));
            case 0x91 -> push(list(popMark()));
            case 'a' -> append(List.of(new Slot(pop())));
            case 'e', 0x90 -> append(slots(popMark()));
            case ')' -> push(tuple(List.of()));
            case 't' -> push(tuple(popMark()));
            case 0x85 -> push(tuple(popMany(1)));
            case 0x86 -> push(tuple(popMany(2)));
            case 0x87 -> push(tuple(popMany(3)));
            case '}' -> push(map());
            case 'd' -> {
                List<Object> items = popMark();
                push(map());
                setItems(items);
            }
            case 's' -> setItems(popMany(2));
            case 'u' -> setItems(popMark());

            case 'p' -> put(number(line("memo index")));
            case 'q' -> put(in.u8("memo index"));
            case 'r' -> put(in.u32("memo index"));
            case 0x94 -> put(memo.size());
            case 'g' -> push(get(number(line("memo index"))));
            case 'h' -> push(get(in.u8("memo index")));
            case 'j' -> push(get(in.u32("memo index")));

            case 'c' -> push(global(line("module"), line("name")));
            case 0x93 -> {
                List<Object> names = popMany(2);
                push(global(string(names.get(0)), string(names.get(1))));
            }
            case 0x82 -> push(extension(in.u8("extension")));
            case 0x83 -> push(extension(in.i16("extension") & 0xffff));
            case 0x84 -> push(extension(in.u32("extension")));
            case 'R', 0x81 -> {
                Object arguments = pop();
                push(call(pop(), arguments));
            }
            case 0x92 -> {
                List<Object> parts = popMany(3);
                push(call(parts.get(0), parts.get(1)));
            }
            case 'i' -> {
                Pickled.Global type = global(line("module"), line("name"));
                push(call(type, tuple(popMark())));
            }
            case 'o' -> {
                List<Object> parts = popMark();
                if (parts.isEmpty()) {
                    throw in.bad("OBJ", "has no class");
                }
                push(call(parts.getFirst(), tuple(parts.subList(1, parts.size()))));
            }
            case 'b' -> build(pop());
            case 'P' -> push(allow.persistent(line("persistent id"), in));
            case 'Q' -> push(allow.persistent(pop(), in));
            default ->
                throw in.bad("opcode", "0x%02x is not a pickle opcode that is read; the file is damaged".formatted(op));
        }
    }

    private void protocol(int version) {
        if (version > 5) {
            throw in.bad("protocol", version + " is newer than 5");
        }
    }

    // ---------------------------------------------------------------- stack and memo

    private void push(@Nullable Object value) {
        stack.add(value);
    }

    private @Nullable Object pop() {
        int floor = marks.isEmpty() ? 0 : marks.getLast() + 1;
        if (stack.size() <= floor) {
            throw in.bad("stack", "a value is taken where none is left; the pickle is damaged");
        }
        return stack.removeLast();
    }

    private @Nullable Object peek() {
        Object top = pop();
        push(top);
        return top;
    }

    private List<Object> popMany(int count) {
        Object[] items = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return Arrays.asList(items);
    }

    private void mark() {
        marks.add(stack.size());
        stack.add(MARK);
        charge(OBJECT_BYTES);
    }

    private List<Object> popMark() {
        if (marks.isEmpty()) {
            throw in.bad("mark", "is used but was never set; the pickle is damaged");
        }
        int at = marks.removeLast();
        List<Object> items = new ArrayList<>(stack.subList(at + 1, stack.size()));
        stack.subList(at, stack.size()).clear();
        charge(SLOT_BYTES * (long) items.size());
        return items;
    }

    private void put(long index) {
        charge(OBJECT_BYTES);
        memo.put(index, peek());
    }

    private @Nullable Object get(long index) {
        if (!memo.containsKey(index)) {
            throw in.bad("memo", "nothing was stored under " + index + "; the pickle is damaged");
        }
        return memo.get(index);
    }

    private void charge(long bytes) {
        budget -= bytes;
        if (budget < 0) {
            throw in.bad(
                    "pickle",
                    "makes more objects than a file of this size can hold; it is damaged or made to exhaust memory");
        }
    }

    // ---------------------------------------------------------------- containers and objects

    private List<Object> list(List<Object> items) {
        charge(CONTAINER_BYTES);
        return new ArrayList<>(items);
    }

    private Pickled.Tuple tuple(List<Object> items) {
        charge(CONTAINER_BYTES);
        return new Pickled.Tuple(items);
    }

    private Map<Object, Object> map() {
        charge(CONTAINER_BYTES);
        return new LinkedHashMap<>(4);
    }

    /** Something to append, None included. */
    private record Slot(@Nullable Object value) {}

    private static List<Slot> slots(List<Object> items) {
        return items.stream().map(Slot::new).toList();
    }

    @SuppressWarnings("unchecked")
    private void append(List<Slot> items) {
        charge(2L * SLOT_BYTES * items.size());
        switch (peek()) {
            case List<?> l -> items.forEach(s -> ((List<Object>) l).add(s.value));
            case Pickled.Foreign f -> items.forEach(s -> f.contents().add(s.value));
            case null, default -> throw in.bad("APPEND", "the target is no list");
        }
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> items) {
        if (items.size() % 2 != 0) {
            throw in.bad("SETITEMS", "has a key without a value");
        }
        charge(OBJECT_BYTES * (long) items.size() / 2);
        Object target = peek();
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            if (key instanceof List || key instanceof Map || key instanceof byte[]) {
                throw in.bad("SETITEMS", "a key is a container, which Python cannot hash either");
            }
            switch (target) {
                case Map<?, ?> m -> ((Map<Object, Object>) m).put(key, items.get(i + 1));
                case Pickled.Foreign f -> f.contents().add(new Pickled.Pair(key, items.get(i + 1)));
                case null, default -> throw in.bad("SETITEMS", "the target is no dictionary");
            }
        }
    }

    /** State of an object. A known container keeps no attributes; a tensor keeps none either. */
    private void build(@Nullable Object state) {
        switch (peek()) {
            case Pickled.Foreign f -> f.contents().add(state);
            case Map<?, ?> _, List<?> _, Pickled.TensorRef _ -> {}
            case null, default -> throw in.bad("BUILD", "the target cannot have state");
        }
    }

    private Pickled.Global global(String module, String name) {
        charge(OBJECT_BYTES);
        Pickled.Global g = new Pickled.Global(module, name);
        allow.check(g, in);
        return g;
    }

    private Pickled.Global extension(long code) {
        return global("copyreg.extension", Long.toString(code));
    }

    private Object call(@Nullable Object callable, @Nullable Object arguments) {
        charge(CONTAINER_BYTES);
        if (!(callable instanceof Pickled.Global || callable instanceof Pickled.Foreign)) {
            throw in.bad("REDUCE", "what is called is no function or class");
        }
        if (!(arguments instanceof Pickled.Tuple)) {
            throw in.bad("REDUCE", "the arguments are no tuple");
        }
        return allow.call(callable, arguments, in);
    }

    // ---------------------------------------------------------------- scalars

    private String line(String field) {
        StringBuilder s = new StringBuilder();
        for (int b = in.u8(field); b != '\n'; b = in.u8(field)) {
            if (s.length() == MAX_LINE) {
                throw in.bad(field, "is a line of more than " + MAX_LINE + " bytes");
            }
            s.append((char) b);
        }
        charge(OBJECT_BYTES + s.length());
        return s.toString();
    }

    private String text(long length) {
        byte[] utf8 = in.take(length, "string");
        charge(OBJECT_BYTES + 2L * length);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private byte[] bytes(long length) {
        charge(OBJECT_BYTES + length);
        return in.take(length, "bytes");
    }

    private static String quoted(String line) {
        boolean quotes = line.length() >= 2
                && line.charAt(0) == line.charAt(line.length() - 1)
                && (line.charAt(0) == '\'' || line.charAt(0) == '"');
        return quotes ? line.substring(1, line.length() - 1) : line;
    }

    private Object integerLine() {
        String line = line("integer");
        return switch (line) {
            case "00" -> false;
            case "01" -> true;
            default -> number(line);
        };
    }

    private Object longLine() {
        String line = line("integer");
        return number(line.endsWith("L") ? line.substring(0, line.length() - 1) : line);
    }

    private long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new FormatException(
                    in.file(), in.offset(), "integer", "\"" + text + "\" is no whole number of 64 bits", e);
        }
    }

    private double decimal(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new FormatException(in.file(), in.offset(), "float", "\"" + text + "\" is no number", e);
        }
    }

    private Object integer(long length) {
        if (length > MAX_INTEGER_BYTES) {
            throw in.bad("integer length", length + " bytes; at most " + MAX_INTEGER_BYTES + " are read");
        }
        byte[] little = in.take(length, "integer");
        if (little.length == 0) {
            return 0L;
        }
        charge(OBJECT_BYTES + length);
        byte[] big = new byte[little.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = little[little.length - 1 - i];
        }
        BigInteger x = new BigInteger(big);
        return x.bitLength() < 64 ? (Object) x.longValue() : x;
    }

    private String string(@Nullable Object value) {
        if (value instanceof String s) {
            return s;
        }
        throw in.bad("STACK_GLOBAL", "a name is no string");
    }
}
