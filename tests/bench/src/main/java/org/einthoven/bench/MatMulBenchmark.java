package org.einthoven.bench;

import dev.ludovic.netlib.blas.JavaBLAS;
import java.util.concurrent.TimeUnit;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Matrix product in F32, [512, 512] x [512, 512], ours beside the pure-Java BLAS of dev.ludovic.netlib.
 *
 * <p>The floor is operations by peak. A product takes 2 x 512^3 = 268 million floating-point operations; its 3 MB of
 * operands and result stay in the second-level cache, so memory does not bound it. A core that starts two fused
 * multiply-adds of 8 lanes a cycle at 3.5 GHz does 2 x 8 x 2 x 3.5 = 112 GFLOP/s: 2.4 ms on one core, 1.2 ms on two. With
 * 16-lane units it is half of that. Ours uses all cores of the machine, the peer one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MatMulBenchmark {
    private static final int N = 512;

    private Tensor a;
    private Tensor b;
    private float[] aValues;
    private float[] bValues;

    @Setup
    public void draw() {
        Rng rng = Rng.of(222);
        a = rng.split("a").normal(N, N);
        b = rng.split("b").normal(N, N);
        aValues = a.toFloats();
        bValues = b.toFloats();
    }

    @Benchmark
    public Tensor einthoven() {
        return a.matmul(b);
    }

    /** Row-major A B is column-major B A, so the operands change places. */
    @Benchmark
    public float[] netlibJavaBlas() {
        float[] c = new float[N * N];
        JavaBLAS.getInstance().sgemm("N", "N", N, N, N, 1, bValues, N, aValues, N, 0, c, N);
        return c;
    }
}
