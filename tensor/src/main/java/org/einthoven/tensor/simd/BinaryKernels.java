package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import jdk.incubator.vector.FloatVector;
import org.einthoven.tensor.op.Op;

/**
 * Arithmetic of two operands over one row: both arrays, or one of them a single value. The result may be an operand.
 *
 * <p>Sums and products with a value, of which softmax is made, take what is left of a row as one more vector that overlaps
 * the last but one; it is read before anything is written.
 */
final class BinaryKernels {
    private BinaryKernels() {}

    /** y[yo + i] = a[ao + i] op b[bo + i] for i below n. */
    static void arrays(Op.Binary op, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        switch (op) {
            case Op.Add() -> add(a, ao, b, bo, y, yo, n);
            case Op.Sub() -> sub(a, ao, b, bo, y, yo, n);
            case Op.Mul() -> mul(a, ao, b, bo, y, yo, n);
            case Op.Div() -> div(a, ao, b, bo, y, yo, n);
            case Op.Maximum() -> max(a, ao, b, bo, y, yo, n);
        }
    }

    /** y[yo + i] = a[ao + i] op b. */
    static void right(Op.Binary op, float[] a, int ao, float b, float[] y, int yo, int n) {
        switch (op) {
            case Op.Add() -> add(a, ao, b, y, yo, n);
            case Op.Sub() -> add(a, ao, -b, y, yo, n);
            case Op.Mul() -> mul(a, ao, b, y, yo, n);
            case Op.Div() -> div(a, ao, b, y, yo, n);
            case Op.Maximum() -> max(a, ao, b, y, yo, n);
        }
    }

    /** y[yo + i] = a op b[bo + i]. */
    static void left(Op.Binary op, float a, float[] b, int bo, float[] y, int yo, int n) {
        switch (op) {
            case Op.Add() -> add(b, bo, a, y, yo, n);
            case Op.Sub() -> sub(a, b, bo, y, yo, n);
            case Op.Mul() -> mul(b, bo, a, y, yo, n);
            case Op.Div() -> div(a, b, bo, y, yo, n);
            case Op.Maximum() -> max(b, bo, a, y, yo, n);
        }
    }

    static void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i)
                    .add(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i] + b[bo + i];
        }
    }

    private static void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i)
                    .sub(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i] - b[bo + i];
        }
    }

    static void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i)
                    .mul(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i] * b[bo + i];
        }
    }

    private static void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i)
                    .div(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i] / b[bo + i];
        }
    }

    private static void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i)
                    .max(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i], b[bo + i]);
        }
    }

    static void add(float[] a, int ao, float b, float[] y, int yo, int n) {
        if (n < Lanes.SHORT) {
            for (int i = 0; i < n; i++) {
                y[yo + i] = a[ao + i] + b;
            }
            return;
        }
        FloatVector last = FloatVector.fromArray(F, a, ao + n - L).add(b);
        for (int i = 0; i < n - L; i += L) {
            FloatVector.fromArray(F, a, ao + i).add(b).intoArray(y, yo + i);
        }
        last.intoArray(y, yo + n - L);
    }

    static void mul(float[] a, int ao, float b, float[] y, int yo, int n) {
        if (n < Lanes.SHORT) {
            for (int i = 0; i < n; i++) {
                y[yo + i] = a[ao + i] * b;
            }
            return;
        }
        FloatVector last = FloatVector.fromArray(F, a, ao + n - L).mul(b);
        for (int i = 0; i < n - L; i += L) {
            FloatVector.fromArray(F, a, ao + i).mul(b).intoArray(y, yo + i);
        }
        last.intoArray(y, yo + n - L);
    }

    private static void div(float[] a, int ao, float b, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i).div(b).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a[ao + i] / b;
        }
    }

    private static void max(float[] a, int ao, float b, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(F, a, ao + i).max(b).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i], b);
        }
    }

    private static void sub(float a, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        FloatVector v = FloatVector.broadcast(F, a);
        for (int i = 0; i < end; i += L) {
            v.sub(FloatVector.fromArray(F, b, bo + i)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a - b[bo + i];
        }
    }

    static void div(float a, float[] b, int bo, float[] y, int yo, int n) {
        int end = Lanes.end(n);
        FloatVector v = FloatVector.broadcast(F, a);
        for (int i = 0; i < end; i += L) {
            v.div(FloatVector.fromArray(F, b, bo + i)).intoArray(y, yo + i);
        }
        for (int i = end; i < n; i++) {
            y[yo + i] = a / b[bo + i];
        }
    }
}
