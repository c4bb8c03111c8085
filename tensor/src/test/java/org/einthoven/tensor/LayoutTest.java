package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** View arithmetic against the obvious model: the list of storage positions in row-major order. */
class LayoutTest {
    private static int[] positions(Layout l) {
        return IntStream.range(0, (int) l.shape().size()).map(l::at).toArray();
    }

    @Test
    void contiguous() {
        Layout l = Layout.contiguous(Shape.of(2, 3));
        assertTrue(l.isContiguous());
        assertArrayEquals(new int[] {3, 1}, l.strides());
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, positions(l));
        assertEquals("[2, 3] strides [3, 1] offset 0", l.toString());
    }

    @Test
    void permuteMovesAxes() {
        Layout l = Layout.contiguous(Shape.of(2, 3)).permute(Ints.of(1, 0));
        assertEquals(Shape.of(3, 2), l.shape());
        assertFalse(l.isContiguous());
        assertArrayEquals(new int[] {0, 3, 1, 4, 2, 5}, positions(l));
    }

    @Test
    void expandRepeats() {
        Layout l = Layout.contiguous(Shape.of(2, 1)).expand(Shape.of(2, 2, 3));
        assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}, positions(l));
    }

    @Test
    void sliceSkipsAndTurns() {
        Layout l = Layout.contiguous(Shape.of(2, 6)).slice(Ints.of(1, 5), Shape.of(1, 3), Ints.of(1, -2));
        assertArrayEquals(new int[] {11, 9, 7}, positions(l));
        assertFalse(l.isContiguous());
        assertTrue(Layout.contiguous(Shape.of(4, 5))
                .slice(Ints.of(1, 0), Shape.of(2, 5), Ints.of(1, 1))
                .isContiguous());
    }

    @Test
    void reshapeViewsWhereItCan() {
        Layout t = Layout.contiguous(Shape.of(4, 6)).permute(Ints.of(1, 0));
        assertNull(t.reshape(Shape.of(24)));
        assertNotNull(t.reshape(Shape.of(2, 3, 4)));
        assertNotNull(t.reshape(Shape.of(6, 2, 2, 1)));
        assertNotNull(Layout.contiguous(Shape.of(1, 5)).expand(Shape.of(7, 5)).reshape(Shape.of(7, 1, 5)));
        assertNull(Layout.contiguous(Shape.of(1, 5)).expand(Shape.of(7, 5)).reshape(Shape.of(35)));
        assertEquals(
                Shape.of(),
                Layout.contiguous(Shape.of(1, 1)).reshape(Shape.of()).shape());
    }

    @Test
    void equality() {
        assertEquals(
                Layout.contiguous(Shape.of(2, 3)),
                Layout.contiguous(Shape.of(3, 2)).reshape(Shape.of(2, 3)));
        assertFalse(Layout.contiguous(Shape.of(2, 3))
                .equals(Layout.contiguous(Shape.of(3, 2)).permute(Ints.of(1, 0))));
    }

    /**
     * Any chain of views agrees with the same chain on a list of positions, and a reshape that is a view keeps the order of
     * elements; one that is refused could not have been a view.
     */
    @RepeatedTest(300)
    void anyChainOfViews(RepetitionInfo info) {
        RandomGenerator r = Rng.of(42).split(info.getCurrentRepetition()).stream();
        Layout l = Layout.contiguous(randomShape(r, 1 + r.nextInt(4)));
        for (int step = 0; step < 4; step++) {
            Layout before = l;
            switch (r.nextInt(3)) {
                case 0 -> {
                    int[] axes = shuffled(r, l.shape().rank());
                    l = l.permute(Ints.of(axes));
                    assertModel(before, l, axes, new int[axes.length], ones(axes.length));
                }
                case 1 -> {
                    int n = l.shape().rank();
                    int[] start = new int[n];
                    int[] size = new int[n];
                    int[] by = new int[n];
                    for (int i = 0; i < n; i++) {
                        int d = l.shape().dim(i);
                        by[i] = r.nextBoolean() ? 1 : r.nextBoolean() ? 2 : -1;
                        start[i] = d == 0 ? 0 : r.nextInt(d);
                        int room = d == 0 ? 0 : by[i] > 0 ? (d - 1 - start[i]) / by[i] + 1 : start[i] + 1;
                        size[i] = room == 0 ? 0 : 1 + r.nextInt(room);
                    }
                    l = l.slice(Ints.of(start), Shape.of(size), Ints.of(by));
                    assertModel(before, l, IntStream.range(0, n).toArray(), start, by);
                }
                default -> {
                    Shape to = regrouped(r, l.shape());
                    Layout reshaped = l.reshape(to);
                    if (reshaped != null) {
                        assertEquals(to, reshaped.shape());
                        assertArrayEquals(positions(l), positions(reshaped), () -> before + " to " + to);
                        l = reshaped;
                    } else {
                        assertFalse(affine(positions(l), to), () -> before + " to " + to + " could be a view");
                    }
                }
            }
        }
    }

    /** Element (i...) of the view is element start + step * i, axes renamed, of what it views. */
    private static void assertModel(Layout from, Layout to, int[] axes, int[] start, int[] step) {
        int n = (int) to.shape().size();
        for (int flat = 0; flat < n; flat++) {
            int[] index = index(to.shape(), flat);
            int[] old = new int[index.length];
            for (int i = 0; i < index.length; i++) {
                old[axes[i]] = start[i] + step[i] * index[i];
            }
            assertEquals(from.at(flat(from.shape(), old)), to.at(flat));
        }
    }

    /** Whether positions in row-major order of a shape are given by one stride for each axis. */
    private static boolean affine(int[] positions, Shape s) {
        int[] stride = new int[s.rank()];
        int below = 1;
        for (int axis = s.rank() - 1; axis >= 0; axis--) {
            stride[axis] = s.dim(axis) > 1 ? positions[below] - positions[0] : 0;
            below *= s.dim(axis);
        }
        for (int flat = 0; flat < positions.length; flat++) {
            int[] index = index(s, flat);
            int at = positions[0];
            for (int i = 0; i < index.length; i++) {
                at += index[i] * stride[i];
            }
            if (at != positions[flat]) {
                return false;
            }
        }
        return true;
    }

    private static int[] index(Shape s, int flat) {
        int[] index = new int[s.rank()];
        for (int i = s.rank() - 1; i >= 0; i--) {
            index[i] = flat % s.dim(i);
            flat /= s.dim(i);
        }
        return index;
    }

    private static int flat(Shape s, int[] index) {
        int flat = 0;
        for (int i = 0; i < index.length; i++) {
            flat = flat * s.dim(i) + index[i];
        }
        return flat;
    }

    private static Shape randomShape(RandomGenerator r, int rank) {
        int[] sizes = {0, 1, 1, 2, 2, 3, 4, 6};
        return Shape.of(IntStream.range(0, rank)
                .map(i -> sizes[r.nextInt(sizes.length)])
                .toArray());
    }

    /** Another shape of the same size: prime factors regrouped at random, ones strewn in. */
    private static Shape regrouped(RandomGenerator r, Shape s) {
        if (s.size() == 0) {
            return s;
        }
        List<Integer> dims = new ArrayList<>();
        for (int d : s.toArray()) {
            for (int p = 2; d > 1; ) {
                if (d % p == 0) {
                    dims.add(p);
                    d /= p;
                } else {
                    p++;
                }
            }
        }
        for (int i = dims.size() - 1; i > 0; i--) {
            if (r.nextBoolean()) {
                dims.set(i - 1, dims.get(i - 1) * dims.remove(i));
            }
        }
        if (r.nextBoolean()) {
            dims.add(r.nextInt(dims.size() + 1), 1);
        }
        return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    }

    private static int[] shuffled(RandomGenerator r, int n) {
        int[] p = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = r.nextInt(i + 1);
            int t = p[i];
            p[i] = p[j];
            p[j] = t;
        }
        return p;
    }

    private static int[] ones(int n) {
        int[] one = new int[n];
        Arrays.fill(one, 1);
        return one;
    }
}
