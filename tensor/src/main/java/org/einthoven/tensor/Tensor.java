package org.einthoven.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.einthoven.tensor.explain.Explanation;
import org.einthoven.tensor.explain.Transcript;
import org.einthoven.tensor.op.Op;

/**
 * An immutable n-dimensional array. Views share storage; every operation accepts any strides and returns a new tensor.
 * Shapes broadcast as in NumPy; element types never change silently.
 *
 * <p>A tensor is <em>tracked</em> when it is a tracked leaf ({@link #track}) or was computed from one; then it remembers its
 * {@link Origin}, and {@code autograd.Grad} can differentiate through it, to any order. Two tensors are equal only if they
 * are the same object; compare values with {@link #toDoubles} and the like.
 */
public final class Tensor {
    private final Storage storage;
    private final DType dtype;
    private final Layout layout;
    private final @Nullable Origin origin;
    private final boolean tracked;

    private Tensor(Storage storage, DType dtype, Layout layout, @Nullable Origin origin, boolean tracked) {
        this.storage = storage;
        this.dtype = dtype;
        this.layout = layout;
        this.origin = origin;
        this.tracked = tracked;
    }

    // ---------------------------------------------------------------- making

    /** F32, row-major. The array is taken over, not copied: do not write to it afterwards. */
    public static Tensor of(float[] values, int... shape) {
        return wrap(new Storage.F32(values), DType.F32, values.length, shape);
    }

    /** F64, row-major. The array is taken over. */
    public static Tensor of(double[] values, int... shape) {
        return wrap(new Storage.F64(values), DType.F64, values.length, shape);
    }

    /** I32, row-major. The array is taken over. */
    public static Tensor of(int[] values, int... shape) {
        return wrap(new Storage.I32(values), DType.I32, values.length, shape);
    }

    /** BOOL, row-major. The array is taken over. */
    public static Tensor of(boolean[] values, int... shape) {
        return wrap(new Storage.Bool(values), DType.BOOL, values.length, shape);
    }

    private static Tensor wrap(Storage s, DType t, int length, int... shape) {
        Shape sh = Shape.of(shape);
        Check.shape(sh.size() == length, "of", length + " values do not fill " + sh + " of " + sh.size());
        return new Tensor(s, t, Layout.contiguous(sh), null, false);
    }

    /**
     * A storage-only tensor over native memory, read-only by contract, row-major in blocks along the last axis.
     *
     * @throws ShapeException when the last axis is no multiple of the block size or the segment is too short
     */
    public static Tensor blocks(DType type, MemorySegment segment, int... shape) {
        Shape s = Shape.of(shape);
        if (!type.isStorageOnly()) {
            throw new DTypeException("blocks: " + type + " is a compute type; use of(...)");
        }
        Check.shape(
                type.blockSize() == 1 || s.rank() > 0 && s.dim(-1) % type.blockSize() == 0,
                "blocks",
                "the last axis of " + s + " is no multiple of the " + type + " block of " + type.blockSize());
        Check.shape(
                segment.isNative() && segment.byteSize() >= type.bytes(s.size()),
                "blocks",
                s + " in " + type + " needs " + type.bytes(s.size()) + " native bytes, got " + segment.byteSize());
        return new Tensor(new Storage.Blocks(segment), type, Layout.contiguous(s), null, false);
    }

    /** An F32 scalar. */
    public static Tensor scalar(float value) {
        return of(new float[] {value});
    }

    /** A scalar of a floating type. */
    public static Tensor scalar(double value, DType type) {
        return full(type, value);
    }

    /** Zeros of a compute type. */
    public static Tensor zeros(DType type, int... shape) {
        return full(type, 0, shape);
    }

    public static Tensor ones(DType type, int... shape) {
        return full(type, 1, shape);
    }

    /** One value everywhere, stored once. */
    public static Tensor full(DType type, double value, int... shape) {
        Storage s =
                switch (type) {
                    case F32 -> new Storage.F32(new float[] {(float) value});
                    case F64 -> new Storage.F64(new double[] {value});
                    case I32 -> new Storage.I32(new int[] {(int) value});
                    case BOOL -> new Storage.Bool(new boolean[] {value != 0});
                    default -> throw new DTypeException("full: " + type + " is storage-only");
                };
        return new Tensor(s, type, Layout.contiguous(Shape.SCALAR).expand(Shape.of(shape)), null, false);
    }

    /** 0 .. n-1 as I32 [n]. */
    public static Tensor arange(int n) {
        int[] x = new int[n];
        Arrays.setAll(x, i -> i);
        return of(x, n);
    }

    /** Joins along an axis; other axes agree. */
    public static Tensor cat(int axis, Tensor... parts) {
        Check.shape(parts.length > 0, "cat", "nothing to join");
        return Dispatch.apply(new Op.Cat(parts[0].shape().axis("cat", axis)), parts);
    }

    /** Joins along a new axis. */
    public static Tensor stack(int axis, Tensor... parts) {
        return cat(axis, Arrays.stream(parts).map(p -> p.unsqueeze(axis)).toArray(Tensor[]::new));
    }

    // ---------------------------------------------------------------- what it is

    public Shape shape() {
        return layout.shape();
    }

    /** Size of an axis; negative axes count from the end. */
    public int dim(int axis) {
        return layout.shape().dim(layout.shape().axis("dim", axis));
    }

    public int rank() {
        return layout.shape().rank();
    }

    public long size() {
        return layout.shape().size();
    }

    public DType dtype() {
        return dtype;
    }

    public Layout layout() {
        return layout;
    }

    /** The shared memory, for kernels. */
    public Storage storage() {
        return storage;
    }

    public boolean isTracked() {
        return tracked;
    }

    /** How this was computed; null for constants and leaves. */
    public @Nullable Origin origin() {
        return origin;
    }

    /** As {@link #origin()}, of what is known to be computed. */
    public Origin requireOrigin() {
        return Objects.requireNonNull(origin, "a constant or a leaf has no origin");
    }

    /** What this was computed from; nothing for constants and leaves. */
    public List<Tensor> inputs() {
        return origin == null ? List.of() : origin.inputs();
    }

    // ---------------------------------------------------------------- reading

    /** All elements in row-major order, as a copy; F64 is rounded, storage-only types are decoded. */
    public float[] toFloats() {
        if (storage instanceof Storage.F32 s && layout.isContiguous()) {
            return Arrays.copyOfRange(s.array(), layout.offset(), layout.offset() + shape().intSize("toFloats"));
        }
        float[] out = new float[shape().intSize("toFloats")];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) element(i);
        }
        return out;
    }

    /** All elements in row-major order, as a copy. BOOL gives 0 and 1. */
    public double[] toDoubles() {
        if (storage instanceof Storage.F64 s && layout.isContiguous()) {
            return Arrays.copyOfRange(s.array(), layout.offset(), layout.offset() + shape().intSize("toDoubles"));
        }
        double[] out = new double[shape().intSize("toDoubles")];
        for (int i = 0; i < out.length; i++) {
            out[i] = element(i);
        }
        return out;
    }

    /** All elements of an I32 tensor in row-major order, as a copy. */
    public int[] toInts() {
        Check.dtype("toInts", "the tensor", this, DType.I32);
        int[] out = new int[shape().intSize("toInts")];
        for (int i = 0; i < out.length; i++) {
            out[i] = ((Storage.I32) storage).array()[layout.at(i)];
        }
        return out;
    }

    /** All elements of a BOOL tensor in row-major order, as a copy. */
    public boolean[] toBooleans() {
        Check.dtype("toBooleans", "the tensor", this, DType.BOOL);
        boolean[] out = new boolean[shape().intSize("toBooleans")];
        for (int i = 0; i < out.length; i++) {
            out[i] = ((Storage.Bool) storage).array()[layout.at(i)];
        }
        return out;
    }

    /** The value of a tensor of one element. */
    public double item() {
        Check.shape(size() == 1, "item", "needs one element, got " + shape());
        return element(0);
    }

    /** The element at an index, e.g. {@code get(0, 3)}. */
    public double get(int... index) {
        Check.shape(index.length == rank(), "get", Arrays.toString(index) + " does not index " + shape());
        int flat = 0;
        for (int i = 0; i < index.length; i++) {
            Objects.checkIndex(index[i], dim(i));
            flat = flat * dim(i) + index[i];
        }
        return element(flat);
    }

    private double element(int flat) {
        return switch (storage) {
            case Storage.F32 s -> s.array()[layout.at(flat)];
            case Storage.F64 s -> s.array()[layout.at(flat)];
            case Storage.I32 s -> s.array()[layout.at(flat)];
            case Storage.Bool s -> s.array()[layout.at(flat)] ? 1 : 0;
            case Storage.Blocks s -> Blocks.get(dtype, s.segment(), layout.at(flat));
        };
    }

    // ---------------------------------------------------------------- tracking

    /** This value as a leaf that can be differentiated with respect to; itself when already tracked. */
    public Tensor track() {
        if (tracked) {
            return this;
        }
        Check.floating("track", this);
        return new Tensor(storage, dtype, layout, null, true);
    }

    /** This value as a constant. */
    public Tensor detach() {
        return tracked ? new Tensor(storage, dtype, layout, null, false) : this;
    }

    Tensor recorded(Origin how) {
        return new Tensor(storage, dtype, layout, how, true);
    }

    Tensor withLayout(Layout l) {
        return new Tensor(storage, dtype, l, null, false);
    }

    // ---------------------------------------------------------------- views

    /** Another shape with the same elements in row-major order; one size may be -1 and is then inferred. */
    public Tensor reshape(int... to) {
        int[] d = to.clone();
        long known = 1;
        int infer = -1;
        for (int i = 0; i < d.length; i++) {
            if (d[i] == -1 && infer < 0) {
                infer = i;
            } else {
                known *= d[i];
            }
        }
        if (infer >= 0) {
            Check.shape(
                    known > 0 && size() % known == 0,
                    "reshape",
                    shape() + " does not divide into " + Arrays.toString(to));
            d[infer] = (int) (size() / known);
        }
        return reshape(Shape.of(d));
    }

    /** As {@link #reshape(int...)}: a view where the strides allow it, else of a copy. */
    public Tensor reshape(Shape to) {
        if (to.equals(shape())) {
            return this;
        }
        boolean viewable = to.size() != size() || layout.reshape(to) != null;
        return Dispatch.apply(new Op.Reshape(to), viewable ? this : Dispatch.apply(new Op.Contiguous(), this));
    }

    /** Axis i of the result is axis {@code axes[i]} of this. */
    public Tensor permute(int... axes) {
        int[] a = new int[axes.length];
        boolean[] seen = new boolean[rank()];
        for (int i = 0; i < axes.length; i++) {
            a[i] = shape().axis("permute", axes[i]);
            Check.shape(!seen[a[i]], "permute", "axis " + axes[i] + " is named twice in " + Arrays.toString(axes));
            seen[a[i]] = true;
        }
        Check.shape(a.length == rank(), "permute", Arrays.toString(axes) + " must name each axis of " + shape());
        return Dispatch.apply(new Op.Permute(Ints.of(a)), this);
    }

    /** Swaps two axes. */
    public Tensor transpose(int a, int b) {
        int[] p = new int[rank()];
        Arrays.setAll(p, i -> i);
        int i = shape().axis("transpose", a);
        int j = shape().axis("transpose", b);
        p[i] = j;
        p[j] = i;
        return permute(p);
    }

    /** Swaps the last two axes. */
    public Tensor t() {
        return transpose(-1, -2);
    }

    /** Stretches axes of size 1 (and adds leading ones). */
    public Tensor expand(int... to) {
        return expand(Shape.of(to));
    }

    /** As {@link #expand(int...)}; a view. */
    public Tensor expand(Shape to) {
        return to.equals(shape()) ? this : Dispatch.apply(new Op.Expand(to), this);
    }

    /** With a new axis of size 1, which is then axis {@code axis} of the result. */
    public Tensor unsqueeze(int axis) {
        int a = axis < 0 ? axis + rank() + 1 : axis;
        int[] d = new int[rank() + 1];
        for (int i = 0; i < d.length; i++) {
            d[i] = i < a ? dim(i) : i == a ? 1 : dim(i - 1);
        }
        return reshape(Shape.of(d));
    }

    /** Without an axis of size 1. */
    public Tensor squeeze(int axis) {
        Check.shape(dim(axis) == 1, "squeeze", "axis " + axis + " of " + shape() + " is not 1");
        return reshape(shape().without(axis));
    }

    /** Elements {@code from} (inclusive) to {@code to} (exclusive) along an axis; negative positions count from the end. */
    public Tensor slice(int axis, int from, int to) {
        return slice(axis, from, to, 1);
    }

    /** As {@link #slice(int, int, int)}, every {@code step}-th. */
    public Tensor slice(int axis, int from, int to, int step) {
        int a = shape().axis("slice", axis);
        int n = dim(a);
        int f = from < 0 ? from + n : from;
        int t = to < 0 ? to + n : to;
        Check.shape(
                0 <= f && f <= t && t <= n && step > 0,
                "slice",
                "[" + from + ", " + to + ") in steps of " + step + " is outside axis " + axis + " of " + shape());
        if (f == 0 && t == n && step == 1) {
            return this;
        }
        int[] start = new int[rank()];
        int[] steps = new int[rank()];
        Arrays.fill(steps, 1);
        start[a] = f;
        steps[a] = step;
        Shape size = shape().with(a, (t - f + step - 1) / step);
        return Dispatch.apply(new Op.Slice(Ints.of(start), size, Ints.of(steps)), this);
    }

    /** Reverses an axis. */
    public Tensor flip(int axis) {
        int a = shape().axis("flip", axis);
        int[] start = new int[rank()];
        int[] steps = new int[rank()];
        Arrays.fill(steps, 1);
        start[a] = Math.max(0, dim(a) - 1);
        steps[a] = -1;
        return Dispatch.apply(new Op.Slice(Ints.of(start), shape(), Ints.of(steps)), this);
    }

    /** One position of an axis, which is removed. */
    public Tensor select(int axis, int index) {
        int n = dim(axis);
        int i = index < 0 ? index + n : index;
        Check.shape(0 <= i && i < n, "select", "index " + index + " is outside axis " + axis + " of " + shape());
        return slice(axis, i, i + 1).squeeze(axis);
    }

    /** Zeros before and after along an axis. */
    public Tensor pad(int axis, int before, int after) {
        int a = shape().axis("pad", axis);
        int[] start = new int[rank()];
        int[] steps = new int[rank()];
        Arrays.fill(steps, 1);
        start[a] = before;
        Shape full = shape().with(a, dim(a) + before + after);
        return Dispatch.apply(new Op.Pad(full, Ints.of(start), Ints.of(steps)), this);
    }

    /** Row-major, copied if it has to be. No operation needs it; readers of {@link #storage} do. */
    public Tensor contiguous() {
        return layout.isContiguous() ? this : Dispatch.apply(new Op.Contiguous(), this);
    }

    /** To another element type. BOOL gives 0 and 1; storage-only types can be left, not entered. */
    public Tensor cast(DType to) {
        if (to == dtype) {
            return this;
        }
        if (to.isStorageOnly()) {
            throw new DTypeException(
                    "cast: " + to + " is storage-only; weights are quantised by the writers of models.io");
        }
        return Dispatch.apply(new Op.Cast(to), this);
    }

    // ---------------------------------------------------------------- element by element

    public Tensor neg() {
        return Dispatch.apply(new Op.Neg(), this);
    }

    public Tensor exp() {
        return Dispatch.apply(new Op.Exp(), this);
    }

    public Tensor log() {
        return Dispatch.apply(new Op.Log(), this);
    }

    public Tensor sqrt() {
        return Dispatch.apply(new Op.Sqrt(), this);
    }

    /** 1 / x. */
    public Tensor recip() {
        return Dispatch.apply(new Op.Recip(), this);
    }

    public Tensor tanh() {
        return Dispatch.apply(new Op.Tanh(), this);
    }

    /** 1 / (1 + e^-x). */
    public Tensor sigmoid() {
        return Dispatch.apply(new Op.Sigmoid(), this);
    }

    /** log(1 + e^x), without overflow. */
    public Tensor softplus() {
        return Dispatch.apply(new Op.Softplus(), this);
    }

    public Tensor sin() {
        return Dispatch.apply(new Op.Sin(), this);
    }

    public Tensor cos() {
        return Dispatch.apply(new Op.Cos(), this);
    }

    /** The error function. */
    public Tensor erf() {
        return Dispatch.apply(new Op.Erf(), this);
    }

    public Tensor abs() {
        return Dispatch.apply(new Op.Abs(), this);
    }

    /** -1, 0 or 1. */
    public Tensor sign() {
        return Dispatch.apply(new Op.Sign(), this);
    }

    /** x^exponent for a constant exponent. */
    public Tensor pow(double exponent) {
        return Dispatch.apply(new Op.Power(exponent), this);
    }

    public Tensor square() {
        return mul(this);
    }

    public Tensor relu() {
        return leakyRelu(0);
    }

    /** x where x &gt; 0, else slope * x. */
    public Tensor leakyRelu(double slope) {
        return Dispatch.apply(new Op.LeakyRelu(slope), this);
    }

    /** The exact (erf) form. */
    public Tensor gelu() {
        return Dispatch.apply(new Op.Gelu(), this);
    }

    /** The tanh approximation, as Gemma uses it: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
    public Tensor geluTanh() {
        Tensor inner = add(square().mul(this).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return mul(inner.tanh().add(1)).mul(0.5);
    }

    /** x * sigmoid(x). */
    public Tensor silu() {
        return Dispatch.apply(new Op.Silu(), this);
    }

    /** min(max(x, low), high). */
    public Tensor clamp(double low, double high) {
        return Dispatch.apply(new Op.Clamp(low, high), this);
    }

    public Tensor add(Tensor b) {
        return Dispatch.apply(new Op.Add(), this, b);
    }

    public Tensor add(double b) {
        return add(full(dtype, b));
    }

    public Tensor sub(Tensor b) {
        return Dispatch.apply(new Op.Sub(), this, b);
    }

    public Tensor sub(double b) {
        return add(-b);
    }

    public Tensor mul(Tensor b) {
        return Dispatch.apply(new Op.Mul(), this, b);
    }

    public Tensor mul(double b) {
        return mul(full(dtype, b));
    }

    public Tensor div(Tensor b) {
        return Dispatch.apply(new Op.Div(), this, b);
    }

    public Tensor div(double b) {
        return mul(1 / b);
    }

    /** The larger of two, element by element. Of equal ones this has the gradient. */
    public Tensor maximum(Tensor b) {
        return Dispatch.apply(new Op.Maximum(), this, b);
    }

    /** The smaller of two, element by element. Of equal ones this has the gradient. */
    public Tensor minimum(Tensor b) {
        return neg().maximum(b.neg()).neg();
    }

    /** Elementwise {@code this relation b}, BOOL. */
    public Tensor compare(Op.Relation relation, Tensor b) {
        return Dispatch.apply(new Op.Compare(relation), this, b);
    }

    /** Elementwise {@code this > b}, BOOL. */
    public Tensor gt(double b) {
        return compare(Op.Relation.GT, full(dtype, b));
    }

    /** Elementwise {@code this == b}, BOOL. */
    public Tensor eq(Tensor b) {
        return compare(Op.Relation.EQ, b);
    }

    /** For a BOOL tensor: a where true, else b. */
    public Tensor where(Tensor a, Tensor b) {
        return Dispatch.apply(new Op.Where(), this, a, b);
    }

    /** {@code value} where the BOOL mask is true, else this. */
    public Tensor maskedFill(Tensor mask, double value) {
        return mask.where(full(dtype, value), this);
    }

    // ---------------------------------------------------------------- reductions

    /** Sum of all elements, a scalar. */
    public Tensor sum() {
        return sumTo(Shape.SCALAR);
    }

    /** Sum over axes; each is kept as 1 or removed. */
    public Tensor sum(boolean keep, int... axes) {
        Shape kept = shape();
        for (int a : axes) {
            kept = kept.with(shape().axis("sum", a), 1);
        }
        Tensor s = sumTo(kept);
        return keep ? s : s.reshape(dropped(axes));
    }

    /** Mean of all elements, a scalar. */
    public Tensor mean() {
        return sum().mul(1.0 / size());
    }

    /** Mean over axes; each is kept as 1 or removed. */
    public Tensor mean(boolean keep, int... axes) {
        long n = 1;
        for (int a : axes) {
            n *= dim(a);
        }
        return sum(keep, axes).mul(1.0 / n);
    }

    /** Sum over the axes in which {@code to} is 1 or missing. */
    public Tensor sumTo(Shape to) {
        return to.equals(shape()) ? this : Dispatch.apply(new Op.SumTo(to), this);
    }

    /** Largest element along an axis. Of equal ones the first has the gradient. */
    public Tensor max(int axis, boolean keep) {
        int a = shape().axis("max", axis);
        Tensor m = gather(a, detach().argMax(a).unsqueeze(a));
        return keep ? m : m.squeeze(a);
    }

    /** Smallest element along an axis. Of equal ones the first has the gradient. */
    public Tensor min(int axis, boolean keep) {
        int a = shape().axis("min", axis);
        Tensor m = gather(a, detach().neg().argMax(a).unsqueeze(a));
        return keep ? m : m.squeeze(a);
    }

    /** Index of the first largest element along an axis, I32, the axis removed. */
    public Tensor argMax(int axis) {
        return Dispatch.apply(new Op.ArgMax(shape().axis("argMax", axis)), this);
    }

    /** Indices that sort along an axis, I32; stable. */
    public Tensor argSort(int axis, boolean descending) {
        return Dispatch.apply(new Op.ArgSort(shape().axis("argSort", axis), descending), this);
    }

    /** In order along an axis; stable. */
    public Tensor sort(int axis, boolean descending) {
        int a = shape().axis("sort", axis);
        return gather(a, detach().argSort(a, descending));
    }

    /** The k largest along an axis, the largest first; {@code argSort(axis, true).slice(axis, 0, k)} says where they were. */
    public Tensor topK(int axis, int k) {
        int a = shape().axis("topK", axis);
        Check.shape(0 <= k && k <= dim(a), "topK", k + " of axis " + axis + " of " + shape());
        return gather(a, detach().argSort(a, true).slice(a, 0, k));
    }

    /** Running sum along an axis. */
    public Tensor cumSum(int axis) {
        return Dispatch.apply(new Op.CumSum(shape().axis("cumSum", axis), false), this);
    }

    /** log sum e^x along an axis, kept as 1 or removed. */
    public Tensor logSumExp(int axis, boolean keep) {
        Tensor top = detach().max(axis, true);
        Tensor s = sub(top).exp().sum(true, axis).log().add(top);
        return keep ? s : s.squeeze(axis);
    }

    private Shape dropped(int... axes) {
        boolean[] drop = new boolean[rank()];
        for (int a : axes) {
            drop[shape().axis("sum", a)] = true;
        }
        return Shape.of(
                IntStream.range(0, rank()).filter(i -> !drop[i]).map(this::dim).toArray());
    }

    // ---------------------------------------------------------------- indexing

    /** Along an axis, element j of the result is this at index[j]; index is I32 and agrees on the other axes. */
    public Tensor gather(int axis, Tensor index) {
        return Dispatch.apply(new Op.Gather(shape().axis("gather", axis)), this, index);
    }

    /** Positions {@code index} (I32 [n]) of an axis, in that order. */
    public Tensor indexSelect(int axis, Tensor index) {
        int a = shape().axis("indexSelect", axis);
        Check.rank("indexSelect", "the index", index, 1, "[n]");
        int[] one = new int[rank()];
        Arrays.fill(one, 1);
        one[a] = index.dim(0);
        return gather(a, index.reshape(one).expand(shape().with(a, index.dim(0))));
    }

    /** This plus {@code source} added at {@code index} along an axis. */
    public Tensor scatterAdd(int axis, Tensor index, Tensor source) {
        int a = shape().axis("scatterAdd", axis);
        return add(Dispatch.apply(new Op.ScatterAdd(a, dim(a)), source, index));
    }

    /** This with {@code source} written at {@code index} along an axis; an index may occur once only. */
    public Tensor scatter(int axis, Tensor index, Tensor source) {
        int a = shape().axis("scatter", axis);
        Tensor placed = Dispatch.apply(new Op.ScatterAdd(a, dim(a)), source, index);
        Tensor hit = Dispatch.apply(
                        new Op.ScatterAdd(a, dim(a)), ones(dtype, source.shape().toArray()), index)
                .gt(0);
        return hit.where(placed, this);
    }

    /** Rows of this table [V, D] at I32 ids [...], as [..., D]. The table may be storage-only and is then frozen. */
    public Tensor embedding(Tensor ids) {
        return Dispatch.apply(new Op.Embedding(), this, ids);
    }

    // ---------------------------------------------------------------- linear algebra

    /** Matrix product as in NumPy: [..., M, K] x [..., K, N], leading axes broadcast; vectors on either side. */
    public Tensor matmul(Tensor b) {
        if (rank() == 1 && b.rank() >= 2) {
            return unsqueeze(0).matmul(b).squeeze(-2);
        }
        if (b.rank() == 1 && rank() >= 2) {
            return matmul(b.unsqueeze(1)).squeeze(-1);
        }
        if (rank() == 1 && b.rank() == 1) {
            return unsqueeze(0).matmul(b.unsqueeze(1)).reshape();
        }
        return Dispatch.apply(new Op.MatMul(), this, b);
    }

    /** x W^T for x [..., I] and W [O, I], both differentiable. */
    public Tensor linear(Tensor weight) {
        if (rank() <= 2 || weight.rank() != 2 || size() == 0 || weight.dim(1) != dim(-1)) {
            return matmul(weight.t());
        }
        // All rows as one matrix, so that the gradient of the weight is one product and not a sum of one for each item.
        return reshape(-1, dim(-1)).matmul(weight.t()).reshape(shape().with(rank() - 1, weight.dim(0)));
    }

    /** x W^T for a frozen W [O, I] of any type, storage-only ones included; gradients flow to x alone. */
    public Tensor frozenLinear(Tensor weight) {
        if (weight.isTracked()) {
            throw new TensorException("frozenLinear: the weight " + weight.shape()
                    + " is tracked, but a frozen weight has no gradient; use linear(weight), or weight.detach()");
        }
        return Dispatch.apply(new Op.FrozenLinear(weight, false), this);
    }

    /** 1-d convolution of [B, C, T] with w [O, C/groups, K]. */
    public Tensor conv1d(Tensor w, int stride, int padding, int dilation, int groups) {
        return Dispatch.apply(new Op.Conv1d(stride, padding, dilation, groups), this, w);
    }

    /** Rotary embedding: x [..., T, D], cos and sin [T, D/2]. */
    public Tensor rope(Tensor cos, Tensor sin, boolean interleaved) {
        return Dispatch.apply(new Op.Rope(interleaved, false), this, cos, sin);
    }

    /** Attention of these queries [..., H, T, E] to keys [..., G, S, E] and values [..., G, S, F], as [..., H, T, F]. */
    public Tensor attention(Op.Attention how, Tensor keys, Tensor values) {
        return Dispatch.apply(how, this, keys, values);
    }

    /** The same, where {@code hidden}, BOOL broadcasting to [..., H, T, S], is true for keys that are not seen. */
    public Tensor attention(Op.Attention how, Tensor keys, Tensor values, Tensor hidden) {
        return Dispatch.apply(how, this, keys, values, hidden);
    }

    // ---------------------------------------------------------------- rows

    /** Over the last axis. */
    public Tensor softmax() {
        return Dispatch.apply(new Op.Softmax(), this);
    }

    /** Over any axis. */
    public Tensor softmax(int axis) {
        return transpose(axis, -1).softmax().transpose(axis, -1);
    }

    /** Over the last axis. */
    public Tensor logSoftmax() {
        return Dispatch.apply(new Op.LogSoftmax(), this);
    }

    /** Over the last axis, without weights. */
    public Tensor layerNorm(double eps) {
        return Dispatch.apply(new Op.LayerNorm(eps), this);
    }

    /** Over the last axis of [..., D], times the weight [D], plus the bias [D]. */
    public Tensor layerNorm(double eps, Tensor weight, Tensor bias) {
        return Dispatch.apply(new Op.ScaledNorm(new Op.LayerNorm(eps)), this, weight, bias);
    }

    /** Over the last axis, without weights. */
    public Tensor rmsNorm(double eps) {
        return Dispatch.apply(new Op.RmsNorm(eps), this);
    }

    /** Over the last axis of [..., D], times the weight [D]. */
    public Tensor rmsNorm(double eps, Tensor weight) {
        return Dispatch.apply(new Op.ScaledNorm(new Op.RmsNorm(eps)), this, weight);
    }

    /**
     * The operations that led to this value, twelve deep; {@link Transcript#of} goes as deep as one likes. A constant
     * remembers none, and says so.
     */
    public Explanation explain() {
        return Transcript.of(this, 12);
    }

    /** NumPy-style text. */
    @Override
    public String toString() {
        return TensorText.of(this);
    }
}
