package org.einthoven.tensor.simd;

import static org.einthoven.tensor.simd.BlockDot.B;
import static org.einthoven.tensor.simd.Lanes.F;
import static org.einthoven.tensor.simd.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/**
 * Q8_0 rows in native memory: each block of 32 bytes is multiplied with x as integers made floats, and its scale enters with
 * one fused multiply-add.
 */
final class DotQ8 implements PackedDot {
    private static final int SIZE = 32;
    private static final int BYTES = 34;

    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

    private final MemorySegment w;
    private final long first;
    private final long down;
    private final float[] x;
    private final int at;
    private final int blocks;

    DotQ8(MemorySegment w, long first, long down, float[] x, int at, int k) {
        this.w = w;
        this.first = first / SIZE * BYTES;
        this.down = down / SIZE * BYTES;
        this.x = x;
        this.at = at;
        this.blocks = k / SIZE;
    }

    @Override
    public void four(int r, int apart, float[] y, int yo) {
        if (L != 16) {
            for (int i = 0; i < 4; i++) {
                one(r + i * apart, y, yo);
            }
            return;
        }
        float[] lanes = Scratch.mine().lanes();
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        long far = apart * down;
        long p = first + r * down;
        for (int b = 0; b < blocks; b++) {
            FloatVector x0 = FloatVector.fromArray(F, x, at + b * SIZE);
            FloatVector x1 = FloatVector.fromArray(F, x, at + b * SIZE + L);
            long p0 = p + b * (long) BYTES;
            long p1 = p0 + far;
            long p2 = p1 + far;
            long p3 = p2 + far;
            FloatVector u =
                    (FloatVector) ByteVector.fromMemorySegment(B, w, p0 + 2, LE).castShape(F, 0);
            FloatVector v = (FloatVector)
                    ByteVector.fromMemorySegment(B, w, p0 + 2 + L, LE).castShape(F, 0);
            a0 = v.fma(x1, u.mul(x0)).fma(FloatVector.broadcast(F, scale(p0)), a0);
            u = (FloatVector) ByteVector.fromMemorySegment(B, w, p1 + 2, LE).castShape(F, 0);
            v = (FloatVector) ByteVector.fromMemorySegment(B, w, p1 + 2 + L, LE).castShape(F, 0);
            a1 = v.fma(x1, u.mul(x0)).fma(FloatVector.broadcast(F, scale(p1)), a1);
            u = (FloatVector) ByteVector.fromMemorySegment(B, w, p2 + 2, LE).castShape(F, 0);
            v = (FloatVector) ByteVector.fromMemorySegment(B, w, p2 + 2 + L, LE).castShape(F, 0);
            a2 = v.fma(x1, u.mul(x0)).fma(FloatVector.broadcast(F, scale(p2)), a2);
            u = (FloatVector) ByteVector.fromMemorySegment(B, w, p3 + 2, LE).castShape(F, 0);
            v = (FloatVector) ByteVector.fromMemorySegment(B, w, p3 + 2 + L, LE).castShape(F, 0);
            a3 = v.fma(x1, u.mul(x0)).fma(FloatVector.broadcast(F, scale(p3)), a3);
        }
        a0.intoArray(lanes, 0);
        y[yo + r] = Lanes.sum(lanes);
        a1.intoArray(lanes, 0);
        y[yo + r + apart] = Lanes.sum(lanes);
        a2.intoArray(lanes, 0);
        y[yo + r + 2 * apart] = Lanes.sum(lanes);
        a3.intoArray(lanes, 0);
        y[yo + r + 3 * apart] = Lanes.sum(lanes);
    }

    @Override
    public void one(int r, float[] y, int yo) {
        float[] lanes = Scratch.mine().lanes();
        FloatVector a = FloatVector.zero(F);
        long p = first + r * down;
        for (int b = 0; b < blocks; b++) {
            long q = p + b * (long) BYTES;
            int i = at + b * SIZE;
            FloatVector u =
                    (FloatVector) ByteVector.fromMemorySegment(B, w, q + 2, LE).castShape(F, 0);
            FloatVector sum = u.mul(FloatVector.fromArray(F, x, i));
            for (int part = L; part < SIZE; part += L) {
                // With 4 lanes the last load starts 4 bytes early, so as not to read past the weight.
                boolean early = part + B.length() > SIZE;
                ByteVector bytes = ByteVector.fromMemorySegment(B, w, q + 2 + part - (early ? L : 0), LE);
                u = (FloatVector) bytes.castShape(F, early ? 1 : 0);
                sum = u.fma(FloatVector.fromArray(F, x, i + part), sum);
            }
            a = sum.fma(FloatVector.broadcast(F, scale(q)), a);
        }
        a.intoArray(lanes, 0);
        y[yo + r] = Lanes.sum(lanes);
    }

    private float scale(long block) {
        return Float.float16ToFloat(w.get(Decoder.SHORT, block));
    }
}
