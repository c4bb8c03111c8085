package org.einthoven.verify.hyperdual;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Shape;

/**
 * Ops along one axis. A tensor is seen as lines along that axis: element {@code along} of the line at (outer, inner) lies at
 * {@code (outer * length + along) * inners + inner}.
 */
record Lines(int outers, int length, int inners) {
    static Lines of(Shape s, int axis) {
        int[] d = s.toArray();
        return new Lines(product(d, 0, axis), d[axis], product(d, axis + 1, d.length));
    }

    private static int product(int[] d, int from, int to) {
        return Arrays.stream(d, from, to).reduce(1, (a, b) -> a * b);
    }

    int at(int outer, int along, int inner) {
        return (outer * length + along) * inners + inner;
    }

    /** Called with the place of one element: its line, and where it is along it. */
    private interface Place {
        void at(int outer, int along, int inner);
    }

    private void each(Place place) {
        for (int o = 0; o < outers; o++) {
            for (int a = 0; a < length; a++) {
                for (int i = 0; i < inners; i++) {
                    place.at(o, a, i);
                }
            }
        }
    }

    static HyperTensor cumSum(HyperTensor x, int axis, boolean reverse) {
        Lines l = of(x.shape(), axis);
        HyperTensor.Sums y = x.zeros(x.shape());
        l.each((o, a, i) -> {
            for (int to = 0; to < l.length; to++) {
                if (reverse ? to <= a : to >= a) {
                    y.add(l.at(o, to, i), x.at(l.at(o, a, i)));
                }
            }
        });
        return y.done();
    }

    static HyperTensor cat(int axis, Shape out, HyperTensor... x) {
        Lines whole = of(out, axis);
        HyperDual[] y = new HyperDual[out.intSize("cat")];
        int before = 0;
        for (HyperTensor t : x) {
            Lines part = of(t.shape(), axis);
            int from = before;
            part.each((o, a, i) -> y[whole.at(o, from + a, i)] = t.at(part.at(o, a, i)));
            before += part.length;
        }
        return new HyperTensor(out, x[0].dtype(), y);
    }

    static HyperTensor gather(HyperTensor x, HyperTensor index, int axis) {
        Lines from = of(x.shape(), axis);
        Lines to = of(index.shape(), axis);
        HyperDual[] y = new HyperDual[index.size()];
        to.each((o, a, i) -> y[to.at(o, a, i)] = x.at(from.at(o, index.index(to.at(o, a, i)), i)));
        return new HyperTensor(index.shape(), x.dtype(), y);
    }

    static HyperTensor scatterAdd(HyperTensor source, HyperTensor index, int axis, Shape out) {
        Lines from = of(index.shape(), axis);
        Lines to = of(out, axis);
        HyperTensor.Sums y = source.zeros(out);
        from.each((o, a, i) -> y.add(to.at(o, index.index(from.at(o, a, i)), i), source.at(from.at(o, a, i))));
        return y.done();
    }

    /** Positions along the axis in the order of their values; equal ones stay in order. */
    private int[] order(HyperTensor x, int outer, int inner, boolean descending) {
        Comparator<Integer> by =
                Comparator.comparingDouble(a -> x.at(at(outer, a, inner)).f());
        return IntStream.range(0, length)
                .boxed()
                .sorted(descending ? by.reversed() : by)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    static HyperTensor argSort(HyperTensor x, int axis, boolean descending) {
        Lines l = of(x.shape(), axis);
        HyperDual[] y = new HyperDual[x.size()];
        for (int o = 0; o < l.outers; o++) {
            for (int i = 0; i < l.inners; i++) {
                int[] order = l.order(x, o, i, descending);
                for (int a = 0; a < l.length; a++) {
                    y[l.at(o, a, i)] = HyperDual.constant(order[a]);
                }
            }
        }
        return new HyperTensor(x.shape(), DType.I32, y);
    }

    /** Two elements of a line that are equal and move apart. */
    record Tie(int entry, double value) {}

    /** The first tie of any two elements of a line, or of its largest ones only. */
    static Optional<Tie> firstTie(HyperTensor x, int axis, boolean ofLargest) {
        Lines l = of(x.shape(), axis);
        for (int line = 0; line < l.outers * l.inners; line++) {
            int outer = line / l.inners;
            int inner = line % l.inners;
            int[] order = l.order(x, outer, inner, true);
            for (int k = 1; k < order.length; k++) {
                HyperDual a = x.at(l.at(outer, order[k - 1], inner));
                HyperDual b = x.at(l.at(outer, order[k], inner));
                if (Kink.tie(a, b)) {
                    return Optional.of(new Tie(line, a.f()));
                }
                if (ofLargest && b.f() < a.f()) {
                    break;
                }
            }
        }
        return Optional.empty();
    }

    static HyperTensor argMax(HyperTensor x, int axis) {
        Lines l = of(x.shape(), axis);
        return HyperTensor.of(
                x.shape().without(axis),
                DType.I32,
                at -> HyperDual.constant(l.order(x, at / l.inners, at % l.inners, true)[0]));
    }
}
