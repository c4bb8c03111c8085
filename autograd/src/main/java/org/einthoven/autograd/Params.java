package org.einthoven.autograd;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * An immutable tree of named tensors: dotted paths, which equal the names in checkpoints, to values. Paths are sorted with
 * numbers counted as numbers ({@code vars.2} before {@code vars.10}); that order is the checkpoint order. Layers own no
 * tensors, so fast weights are just another {@code Params}:
 *
 * <pre>{@code theta.zip(grads, (w, g) -> w.sub(g.mul(rate)))}</pre>
 */
public final class Params {
    public static final Params EMPTY = new Params(new String[0], new Tensor[0], Map.of());

    private final String[] paths;
    private final Tensor[] tensors;
    private final Map<String, Integer> index;

    private Params(String[] paths, Tensor[] tensors, Map<String, Integer> index) {
        this.paths = paths;
        this.tensors = tensors;
        this.index = index;
    }

    public static Params of(String path, Tensor t) {
        return of(Map.of(path, t));
    }

    public static Params of(Map<String, Tensor> map) {
        String[] p = map.keySet().toArray(String[]::new);
        Arrays.sort(p, NATURAL);
        Tensor[] t = new Tensor[p.length];
        Map<String, Integer> at = new HashMap<>();
        for (int i = 0; i < p.length; i++) {
            t[i] = map.get(p[i]);
            at.put(p[i], i);
        }
        return new Params(p, t, at);
    }

    /** The tensor at a path; throws a {@link TensorException} that names near ones. */
    public Tensor get(String path) {
        Integer i = index.get(path);
        if (i == null) {
            throw new TensorException("no parameter '" + path + "'; there are "
                    + (paths.length <= 12
                            ? Arrays.toString(paths)
                            : paths.length + ", from '" + paths[0] + "' to '" + paths[paths.length - 1] + "'"));
        }
        return tensors[i];
    }

    public boolean has(String path) {
        return index.containsKey(path);
    }

    /** The part below a prefix, with the prefix taken off: {@code in("encoder").get("fc1.weight")}. */
    public Params in(String prefix) {
        String dot = prefix + ".";
        Map<String, Tensor> m = new LinkedHashMap<>();
        for (int i = 0; i < paths.length; i++) {
            if (paths[i].startsWith(dot)) {
                m.put(paths[i].substring(dot.length()), tensors[i]);
            }
        }
        return of(m);
    }

    /** All but the part below a prefix. */
    public Params without(String prefix) {
        Map<String, Tensor> m = new LinkedHashMap<>(toMap());
        m.keySet().removeIf(path -> path.startsWith(prefix + "."));
        return of(m);
    }

    /** All paths put below a prefix: the inverse of {@link #in}. */
    public Params under(String prefix) {
        Map<String, Tensor> m = new LinkedHashMap<>();
        forEach((p, t) -> m.put(prefix + "." + p, t));
        return of(m);
    }

    /** These and others; a path in both is an error. */
    public Params and(Params others) {
        Map<String, Tensor> m = new LinkedHashMap<>(toMap());
        others.forEach((p, t) -> {
            if (m.put(p, t) != null) {
                throw new TensorException("parameter '" + p + "' is on both sides");
            }
        });
        return of(m);
    }

    /** With one tensor replaced or added. */
    public Params with(String path, Tensor t) {
        Map<String, Tensor> m = new LinkedHashMap<>(toMap());
        m.put(path, t);
        return of(m);
    }

    public Params map(UnaryOperator<Tensor> f) {
        Tensor[] t = new Tensor[tensors.length];
        Arrays.setAll(t, i -> f.apply(tensors[i]));
        return new Params(paths, t, index);
    }

    /** Value by value with another tree of identical paths. */
    public Params zip(Params other, BinaryOperator<Tensor> f) {
        if (paths != other.paths && !Arrays.equals(paths, other.paths)) {
            List<String> missing = new ArrayList<>(List.of(paths));
            missing.removeAll(List.of(other.paths));
            List<String> extra = new ArrayList<>(List.of(other.paths));
            extra.removeAll(List.of(paths));
            throw new TensorException("parameters differ: only left " + missing + ", only right " + extra);
        }
        Tensor[] t = new Tensor[tensors.length];
        Arrays.setAll(t, i -> f.apply(tensors[i], other.tensors[i]));
        return new Params(paths, t, index);
    }

    /** The same paths with other tensors, in order. */
    Params withTensors(List<Tensor> t) {
        return new Params(paths, t.toArray(Tensor[]::new), index);
    }

    public void forEach(BiConsumer<String, Tensor> f) {
        for (int i = 0; i < paths.length; i++) {
            f.accept(paths[i], tensors[i]);
        }
    }

    /** Paths in checkpoint order. */
    public List<String> paths() {
        return Collections.unmodifiableList(Arrays.asList(paths));
    }

    /** Tensors in checkpoint order. */
    public List<Tensor> tensors() {
        return Collections.unmodifiableList(Arrays.asList(tensors));
    }

    /** Path to tensor, in checkpoint order. */
    public Map<String, Tensor> toMap() {
        Map<String, Tensor> m = new LinkedHashMap<>();
        forEach(m::put);
        return m;
    }

    /** Number of scalars. */
    public long count() {
        return Arrays.stream(tensors).mapToLong(Tensor::size).sum();
    }

    public Params detach() {
        return map(Tensor::detach);
    }

    public Params cast(DType to) {
        return map(t -> t.cast(to));
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        forEach((p, t) -> s.append(p)
                .append(' ')
                .append(t.dtype())
                .append(' ')
                .append(t.shape())
                .append('\n'));
        return s.append(count()).append(" parameters").toString();
    }

    /** Runs of digits compare as numbers, everything else as text. */
    private static final Comparator<String> NATURAL = (a, b) -> {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            int p = digits(a, i);
            int q = digits(b, j);
            int c;
            if (p > i && q > j) {
                c = new BigInteger(a.substring(i, p)).compareTo(new BigInteger(b.substring(j, q)));
                i = p;
                j = q;
            } else {
                c = Character.compare(a.charAt(i++), b.charAt(j++));
            }
            if (c != 0) {
                return c;
            }
        }
        int rest = Integer.compare(a.length() - i, b.length() - j);
        return rest != 0 ? rest : a.compareTo(b);
    };

    private static int digits(String s, int from) {
        int i = from;
        while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
            i++;
        }
        return i;
    }
}
