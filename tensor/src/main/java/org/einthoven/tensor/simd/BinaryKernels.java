package org.einthoven.tensor.simd;

import org.einthoven.tensor.op.Op;

/**
 * Arithmetic of two operands over one row: both arrays, or one of them a single value. Plain loops on purpose: C2 turns
 * them into vector code by itself, and before it does they run at the speed of scalar code, not of boxed vectors.
 */
final class BinaryKernels {
    private BinaryKernels() {}

    /** y[i] = a[i] op b[i]. */
    static void arrays(Op.Binary op, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        switch (op) {
            case Op.Add() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] + b[bo + i];
                }
            }
            case Op.Sub() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] - b[bo + i];
                }
            }
            case Op.Mul() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] * b[bo + i];
                }
            }
            case Op.Div() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] / b[bo + i];
                }
            }
            case Op.Maximum() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.max(a[ao + i], b[bo + i]);
                }
            }
        }
    }

    /** y[i] = a[i] op b. */
    static void right(Op.Binary op, float[] a, int ao, float b, float[] y, int yo, int n) {
        switch (op) {
            case Op.Add() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] + b;
                }
            }
            case Op.Sub() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] - b;
                }
            }
            case Op.Mul() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] * b;
                }
            }
            case Op.Div() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i] / b;
                }
            }
            case Op.Maximum() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.max(a[ao + i], b);
                }
            }
        }
    }

    /** y[i] = a op b[i]. */
    static void left(Op.Binary op, float a, float[] b, int bo, float[] y, int yo, int n) {
        switch (op) {
            case Op.Sub() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a - b[bo + i];
                }
            }
            case Op.Div() -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a / b[bo + i];
                }
            }
            case Op.Add(), Op.Mul(), Op.Maximum() -> right(op, b, bo, a, y, yo, n);
        }
    }
}
