package org.einthoven.models.quant;

/**
 * A group of elements as {@code scale * level - minimum}.
 *
 * @param levels 0 to the last level
 * @param minimum 0 or more
 */
record AffineFit(float scale, float minimum, int[] levels) {
    private static final float STEP = 0.1f;

    /**
     * The fit of the least weighted squared error among the plain one, from the least element (or 0) to the greatest, and
     * those whose levels are rounded by a slightly different spacing and whose scale and minimum then follow by least squares.
     * Each rounding begins at the minimum of the best fit so far, as GGML's does.
     *
     * @param weights one for each element of the group
     * @param last the highest level
     */
    static AffineFit of(float[] x, int from, float[] weights, int last, float firstStep, int steps) {
        int n = weights.length;
        float min = x[from];
        float max = x[from];
        float sumW = 0;
        float sumX = 0;
        for (int i = 0; i < n; i++) {
            min = Math.min(min, x[from + i]);
            max = Math.max(max, x[from + i]);
            sumW += weights[i];
            sumX += weights[i] * x[from + i];
        }
        min = Math.min(min, 0);
        if (max == min) {
            return new AffineFit(0, -min, new int[n]);
        }
        float base = min;
        float spacing = last / (max - base);
        int[] best = levels(x, from, n, spacing, base, last);
        float scale = 1 / spacing;
        float bestError = error(x, from, weights, best, scale, base);
        for (int step = 0; step <= steps; step++) {
            int[] levels = levels(x, from, n, (firstStep + STEP * step + last) / (max - base), base, last);
            float sumL = 0;
            float sumL2 = 0;
            float sumXl = 0;
            for (int i = 0; i < n; i++) {
                float wl = weights[i] * levels[i];
                sumL += wl;
                sumL2 += wl * levels[i];
                sumXl += wl * x[from + i];
            }
            float determinant = sumW * sumL2 - sumL * sumL;
            if (!(determinant > 0)) {
                continue;
            }
            float newScale = (sumW * sumXl - sumX * sumL) / determinant;
            float newBase = (sumL2 * sumX - sumL * sumXl) / determinant;
            if (newBase > 0) {
                newBase = 0;
                newScale = sumXl / sumL2;
            }
            float error = error(x, from, weights, levels, newScale, newBase);
            if (error < bestError) {
                bestError = error;
                best = levels;
                scale = newScale;
                base = newBase;
            }
        }
        return new AffineFit(scale, -base, best);
    }

    private static int[] levels(float[] x, int from, int n, float spacing, float base, int last) {
        int[] levels = new int[n];
        for (int i = 0; i < n; i++) {
            levels[i] = Math.clamp((int) Math.rint(spacing * (x[from + i] - base)), 0, last);
        }
        return levels;
    }

    private static float error(float[] x, int from, float[] weights, int[] levels, float scale, float base) {
        float error = 0;
        for (int i = 0; i < levels.length; i++) {
            float difference = scale * levels[i] + base - x[from + i];
            error += weights[i] * (difference * difference);
        }
        return error;
    }
}
