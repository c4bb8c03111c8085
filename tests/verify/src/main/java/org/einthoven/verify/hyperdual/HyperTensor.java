package org.einthoven.verify.hyperdual;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Layout;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;

/**
 * Hyper-dual numbers in a shape, row-major.
 *
 * @param dtype of the tensor that this stands for; derivatives are kept in double whatever it is
 * @param values taken over, not copied: not to be written to afterwards
 */
public record HyperTensor(Shape shape, DType dtype, HyperDual[] values) {

    /** A tensor that no direction moves. */
    public static HyperTensor constant(Tensor x) {
        double[] v = x.toDoubles();
        return of(x.shape(), x.dtype(), i -> HyperDual.constant(v[i]));
    }

    /** x that moves by v along e1 and by w along e2; all of one shape. */
    public static HyperTensor along(Tensor x, Tensor v, Tensor w) {
        double[] f = x.toDoubles();
        double[] f1 = v.toDoubles();
        double[] f2 = w.toDoubles();
        return of(x.shape(), x.dtype(), i -> HyperDual.along(f[i], f1[i], f2[i]));
    }

    static HyperTensor of(Shape shape, DType dtype, IntFunction<HyperDual> element) {
        HyperDual[] v = new HyperDual[shape.intSize("hyper-dual")];
        Arrays.setAll(v, element);
        return new HyperTensor(shape, dtype, v);
    }

    /** f(x), without derivatives, in the type that this stands for. */
    public Tensor tensor() {
        int[] dims = shape.toArray();
        double[] f = value();
        return switch (dtype) {
            case I32 -> Tensor.of(Arrays.stream(f).mapToInt(v -> (int) v).toArray(), dims);
            case BOOL -> Tensor.of(f, dims).cast(DType.BOOL);
            default -> Tensor.of(f, dims).cast(dtype);
        };
    }

    /** f(x), element by element. */
    public double[] value() {
        return part(HyperDual::f);
    }

    /** The derivative along e1. */
    public double[] along1() {
        return part(HyperDual::f1);
    }

    /** The derivative along e2. */
    public double[] along2() {
        return part(HyperDual::f2);
    }

    /** The second derivative, along e1 and e2. */
    public double[] mixed() {
        return part(HyperDual::f12);
    }

    private double[] part(ToDoubleFunction<HyperDual> p) {
        return Arrays.stream(values).mapToDouble(p).toArray();
    }

    int size() {
        return values.length;
    }

    int dim(int axis) {
        return shape.dim(axis);
    }

    HyperDual at(int flat) {
        return values[flat];
    }

    /** The element as an index or a truth value. */
    int index(int flat) {
        return (int) values[flat].f();
    }

    /** The elements that a layout over these values reads. */
    HyperTensor view(Layout layout) {
        return of(layout.shape(), dtype, i -> values[layout.at(i)]);
    }

    HyperTensor expand(Shape to) {
        return view(Layout.contiguous(shape).expand(to));
    }

    /** Zeros of another shape in this type, to be added to. */
    Sums zeros(Shape to) {
        return new Sums(to, dtype);
    }

    /** Running sums, one for each element of a result. */
    static final class Sums {
        private final Shape shape;
        private final DType dtype;
        private final HyperDual[] sums;

        Sums(Shape shape, DType dtype) {
            this.shape = shape;
            this.dtype = dtype;
            this.sums = new HyperDual[shape.intSize("hyper-dual")];
            Arrays.fill(sums, HyperDual.ZERO);
        }

        void add(int at, HyperDual v) {
            sums[at] = sums[at].plus(v);
        }

        HyperTensor done() {
            return new HyperTensor(shape, dtype, sums);
        }
    }
}
