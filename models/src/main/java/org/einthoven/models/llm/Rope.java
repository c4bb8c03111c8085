package org.einthoven.models.llm;

import java.util.function.DoubleUnaryOperator;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Storage;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;

/**
 * The angles of rotary embedding (Su et al., arXiv 2104.09864). Frequencies and angles are computed in the precision of the
 * arithmetic that uses them, as the originals do: a model in F32 gets frequencies rounded to F32 at each step.
 */
public final class Rope {
    /** Cosines and sines of the angles, [T, R/2] each for the R of E columns of a head that turn. */
    record Angles(Tensor cos, Tensor sin) {}

    private static final int FIRST_TABLE = 64;

    private final LlmConfig config;
    private final LlmConfig.Rotary rotary;
    private volatile @Nullable Angles table; // none before it is asked for

    Rope(LlmConfig config, LlmConfig.Rotary rotary) {
        this.config = config;
        this.rotary = rotary;
    }

    /**
     * Angles of positions {@code from} to {@code to}, views of a table that is computed once and doubled when it is short.
     *
     * @throws TensorException when the positions go beyond the model's context
     */
    Angles at(DType type, int from, int to) {
        Angles t = table(type, to);
        return new Angles(t.cos.slice(0, from, to), t.sin.slice(0, from, to));
    }

    /** As {@link #at} for one position in F32: its [R/2] cosines and sines, put into arrays. */
    void at(int position, float[] cos, float[] sin) {
        Angles t = table(DType.F32, position + 1);
        System.arraycopy(((Storage.F32) t.cos.storage()).array(), position * cos.length, cos, 0, cos.length);
        System.arraycopy(((Storage.F32) t.sin.storage()).array(), position * sin.length, sin, 0, sin.length);
    }

    private Angles table(DType type, int to) {
        if (to > config.maxPositions()) {
            throw new TensorException("a sequence of " + to + " tokens is longer than this model's context of "
                    + config.maxPositions() + "; shorten the prompt");
        }
        Angles t = table;
        if (t == null || t.cos.dtype() != type || t.cos.dim(0) < to) {
            long twice = Math.max(FIRST_TABLE, 2L * to);
            t = compute(type, (int) Math.min(twice, config.maxPositions()));
            table = t;
        }
        return t;
    }

    private Angles compute(DType type, int positions) {
        double[] frequency = frequencies(config.headDim(), rotary, type);
        DoubleUnaryOperator round = rounding(type);
        double[] cos = new double[positions * frequency.length];
        double[] sin = new double[cos.length];
        for (int t = 0, k = 0; t < positions; t++) {
            for (int i = 0; i < frequency.length; i++, k++) {
                double angle = round.applyAsDouble(t * frequency[i]);
                cos[k] = Math.cos(angle);
                sin[k] = Math.sin(angle);
            }
        }
        return new Angles(tensor(type, cos, positions), tensor(type, sin, positions));
    }

    /** Of an array of its own and not by a cast, whose result a workspace would take back. */
    private static Tensor tensor(DType type, double[] x, int positions) {
        int[] shape = {positions, x.length / positions};
        if (type == DType.F64) {
            return Tensor.of(x, shape);
        }
        float[] rounded = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            rounded[i] = (float) x[i];
        }
        return Tensor.of(rounded, shape);
    }

    /** The R/2 inverse frequencies, in radians a position, each step rounded to {@code type}. */
    public static double[] frequencies(int headDim, LlmConfig.Rotary rotary, DType type) {
        DoubleUnaryOperator round = rounding(type);
        int turned = rotary.turned(headDim);
        double[] f = new double[turned / 2];
        for (int i = 0; i < f.length; i++) {
            double exponent = round.applyAsDouble(2.0 * i / turned);
            f[i] = round.applyAsDouble(1 / round.applyAsDouble(Math.pow(rotary.theta(), exponent)));
            f[i] = switch (rotary.scaling()) {
                case RopeScaling.None() -> f[i];
                case RopeScaling.Linear s -> round.applyAsDouble(f[i] / s.factor());
                case RopeScaling.Llama3 s -> llama3(f[i], s, round);
                case RopeScaling.Divisors d ->
                    round.applyAsDouble(f[i] / d.each().get(i));
            };
        }
        return f;
    }

    private static double llama3(double f, RopeScaling.Llama3 s, DoubleUnaryOperator round) {
        double wavelength = round.applyAsDouble(2 * Math.PI / f);
        double slowed = round.applyAsDouble(f / s.factor());
        if (wavelength > s.original() / s.lowFrequency()) {
            return slowed;
        }
        if (wavelength < s.original() / s.highFrequency()) {
            return f;
        }
        double turns = round.applyAsDouble(s.original() / wavelength);
        double smooth = round.applyAsDouble((turns - s.lowFrequency()) / (s.highFrequency() - s.lowFrequency()));
        return round.applyAsDouble((1 - smooth) * slowed + smooth * f);
    }

    private static DoubleUnaryOperator rounding(DType type) {
        return type == DType.F32 ? x -> (float) x : x -> x;
    }
}
