package org.einthoven.verify.laws;

import static org.einthoven.verify.laws.RuleBug.normal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.DType;
import org.einthoven.tensor.Dispatch;
import org.einthoven.tensor.Ints;
import org.einthoven.tensor.Shape;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.op.Op;
import org.einthoven.verify.laws.RuleBug.Kind;
import org.einthoven.verify.laws.RuleBug.Rule;

/** Mistakes of the kinds that people make in derivative rules, one or more in every family of ops. */
final class RuleBugs {
    private final List<RuleBug> bugs = new ArrayList<>();

    private RuleBugs() {}

    static List<RuleBug> all() {
        RuleBugs b = new RuleBugs();
        b.signs();
        b.factorsAndTerms();
        b.reductions();
        b.operands();
        b.branches();
        b.places();
        b.transposes();
        b.detached();
        return b.bugs;
    }

    private void add(Kind kind, String mistake, Op op, List<Tensor> operands, Rule rule) {
        bugs.add(new RuleBug(kind, mistake, op, operands, rule));
    }

    private void signs() {
        Kind k = Kind.SIGN;
        add(k, "g for -g", new Op.Neg(), any(), (g, x, y) -> only(g));
        add(
                k,
                "g sin x for -g sin x",
                new Op.Cos(),
                any(),
                (g, x, y) -> only(g.mul(x.get(0).sin())));
        add(k, "g y^2 for -g y^2", new Op.Recip(), positive(), (g, x, y) -> only(g.mul(y.square())));
        add(k, "b gets g for -g", new Op.Sub(), two(), (g, x, y) -> List.of(g, g));
        add(
                k,
                "b gets g y / b for -g y / b",
                new Op.Div(),
                List.of(normal("a", 2, 3), positive().getFirst()),
                (g, x, y) -> List.of(g.div(x.get(1)), g.mul(y).div(x.get(1))));
        add(
                k,
                "the pair is turned on, not back",
                new Op.Rope(false, false),
                turned(),
                (g, x, y) -> List.of(
                        run(new Op.Rope(false, false), g, x.get(1), x.get(2)), cosine(g, x.get(0)), sine(g, x.get(0))));
    }

    private void factorsAndTerms() {
        Kind k = Kind.MISSING_FACTOR;
        add(k, "1 / y for 1 / 2 y", new Op.Sqrt(), positive(), (g, x, y) -> only(g.div(y)));
        add(
                k,
                "x^(p-1) without p",
                new Op.Power(2.5),
                positive(),
                (g, x, y) -> only(g.mul(x.get(0).pow(1.5))));
        add(
                k,
                "density without 2 / sqrt pi",
                new Op.Erf(),
                any(),
                (g, x, y) -> only(g.mul(x.get(0).square().neg().exp())));
        add(k, "y for y (1 - y)", new Op.Sigmoid(), any(), (g, x, y) -> only(g.mul(y)));
        k = Kind.MISSING_TERM;
        add(
                k,
                "Phi without x phi",
                new Op.Gelu(),
                any(),
                (g, x, y) ->
                        only(g.mul(x.get(0).mul(Math.sqrt(0.5)).erf().add(1).mul(0.5))));
        add(
                k,
                "s without s x (1 - s)",
                new Op.Silu(),
                any(),
                (g, x, y) -> only(g.mul(x.get(0).sigmoid())));
        add(
                k,
                "2 phi without - x^2 phi",
                new Op.GeluSlope(),
                any(),
                (g, x, y) -> only(g.mul(x.get(0).square().mul(-0.5).exp().mul(2 / Math.sqrt(2 * Math.PI)))));
        add(
                k,
                "the row's size has no derivative",
                new Op.NormGrad(new Op.RmsNorm(1e-5)),
                two(),
                (g, x, y) -> List.of(
                        run(new Op.NormGrad(new Op.RmsNorm(1e-5)), g, x.get(1)),
                        turned(g, x.get(0), x.get(1), y)
                                .mul(inverseRms(x.get(1)))
                                .neg()));
        add(k, "1 without - y^2", new Op.Tanh(), any(), (g, x, y) -> only(g));
        add(
                k,
                "the mean has no derivative",
                new Op.LayerNorm(1e-5),
                any(),
                (g, x, y) -> only(g.sub(y.mul(g.mul(y).mean(true, -1))).mul(inverseDeviation(x.get(0)))));
    }

    private void reductions() {
        Kind k = Kind.MISSING_REDUCTION;
        add(k, "y g without - y <g, y>", new Op.Softmax(), any(), (g, x, y) -> only(y.mul(g)));
        add(
                k,
                "e^y g for e^y sum g",
                new Op.LogSoftmax(),
                any(),
                (g, x, y) -> only(g.sub(y.exp().mul(g))));
        add(
                k,
                "sum g y for mean g y",
                new Op.RmsNorm(1e-5),
                any(),
                (g, x, y) -> only(g.sub(y.mul(g.mul(y).sum(true, -1))).mul(inverseRms(x.get(0)))));
        add(
                k,
                "one copy's cotangent for their sum",
                new Op.Expand(Shape.of(4, 3)),
                List.of(normal("row", 1, 3)),
                (g, x, y) -> only(g.slice(0, 0, 1)));
        add(
                k,
                "g / n, as of a mean",
                new Op.SumTo(Shape.of(2, 1)),
                any(),
                (g, x, y) -> only(g.div(3).expand(x.get(0).shape())));
        add(
                k,
                "the first use of a row for all of them",
                new Op.Embedding(),
                List.of(normal("table", 4, 2), ids()),
                (g, x, y) -> Arrays.asList(
                        run(new Op.EmbeddingGrad(4), g.slice(0, 0, 2), x.get(1).slice(0, 0, 2)), null));
        add(
                k,
                "the first use of an element for all of them",
                new Op.Gather(0),
                List.of(normal("x", 4), ids()),
                (g, x, y) -> Arrays.asList(
                        run(new Op.ScatterAdd(0, 4), g.slice(0, 0, 2), x.get(1).slice(0, 0, 2)), null));
        add(
                k,
                "the weight's cotangent from one item of the batch",
                conv(1),
                convolved(),
                (g, x, y) -> List.of(inputGrad(g, x.get(1)), weightGrad(x.get(0).slice(0, 0, 1), g.slice(0, 0, 1))));
    }

    private void operands() {
        Kind k = Kind.WRONG_OPERAND;
        add(k, "each factor gets itself", new Op.Mul(), two(), (g, x, y) -> List.of(g.mul(x.get(0)), g.mul(x.get(1))));
        add(
                k,
                "the weight gets g x for g norm(x)",
                new Op.ScaledNorm(new Op.LayerNorm(1e-5)),
                List.of(any().getFirst(), normal("weight", 3), normal("bias", 3)),
                (g, x, y) -> List.of(
                        run(new Op.NormGrad(new Op.LayerNorm(1e-5)), g.mul(x.get(1)), x.get(0)),
                        g.mul(x.get(0)).sumTo(Shape.of(3)),
                        g.sumTo(Shape.of(3))));
        add(k, "x for y", new Op.Exp(), any(), (g, x, y) -> only(g.mul(x.get(0))));
        add(k, "y for x", new Op.Log(), positive(), (g, x, y) -> only(g.div(y)));
        add(
                k,
                "1 - x^2 for 1 - y^2",
                new Op.Tanh(),
                any(),
                (g, x, y) -> only(g.mul(Tensor.ones(DType.F64).sub(x.get(0).square()))));
        add(
                k,
                "g A^T for g B^T",
                new Op.MatMul(),
                squares(),
                (g, x, y) -> List.of(g.matmul(x.get(0).t()), x.get(0).t().matmul(g)));
        add(
                k,
                "a / b^2 with a for b",
                new Op.Div(),
                List.of(positive().getFirst(), positive().getFirst().add(1)),
                (g, x, y) -> List.of(g.div(x.get(1)), g.mul(y).div(x.get(0)).neg()));
    }

    private void branches() {
        Kind k = Kind.WRONG_BRANCH;
        add(
                k,
                "slope on the positive side",
                new Op.LeakyRelu(0.1),
                any(),
                (g, x, y) -> only(x.get(0).gt(0).where(g.mul(0.1), g)));
        add(k, "passes outside the bounds too", new Op.Clamp(-0.5, 0.5), any(), (g, x, y) -> only(g));
        add(k, "both operands get g", new Op.Maximum(), two(), (g, x, y) -> List.of(g, g));
        add(k, "1 for the sign", new Op.Abs(), any(), (g, x, y) -> only(g));
        add(
                k,
                "branches swapped",
                new Op.Where(),
                chosen(),
                (g, x, y) -> Arrays.asList(
                        null,
                        x.get(0).where(Tensor.zeros(DType.F64), g),
                        x.get(0).where(g, Tensor.zeros(DType.F64))));
    }

    private void places() {
        Kind k = Kind.WRONG_PLACE;
        add(k, "not reversed", new Op.CumSum(1, false), any(), (g, x, y) -> only(run(new Op.CumSum(1, false), g)));
        add(
                k,
                "along the other axis",
                new Op.CumSum(1, false),
                any(),
                (g, x, y) -> only(run(new Op.CumSum(0, true), g)));
        add(
                k,
                "sums columns for rows",
                new Op.Softmax(),
                any(),
                (g, x, y) -> only(y.mul(g.sub(g.mul(y).sum(true, 0)))));
        add(
                k,
                "pieces in the other order",
                new Op.Cat(0),
                two(),
                (g, x, y) -> List.of(g.slice(0, 2, 4), g.slice(0, 0, 2)));
        Ints ones = Ints.of(1, 1);
        add(
                k,
                "one position early",
                new Op.Slice(Ints.of(0, 1), Shape.of(2, 2), ones),
                any(),
                (g, x, y) -> only(run(new Op.Pad(Shape.of(2, 3), Ints.of(0, 0), ones), g)));
        add(
                k,
                "one position early",
                new Op.Pad(Shape.of(2, 5), Ints.of(0, 1), ones),
                any(),
                (g, x, y) -> only(run(new Op.Slice(Ints.of(0, 0), Shape.of(2, 3), ones), g)));
        add(
                k,
                "reads at the index reversed",
                new Op.ScatterAdd(0, 4),
                List.of(normal("source", 3), ids()),
                (g, x, y) -> Arrays.asList(g.gather(0, x.get(1).flip(0)), null));
        add(
                k,
                "the kernel reversed",
                conv(1),
                convolved(),
                (g, x, y) -> List.of(inputGrad(g, x.get(1).flip(2)), weightGrad(x.get(0), g)));
    }

    private void transposes() {
        Kind k = Kind.TRANSPOSED;
        add(
                k,
                "g B for g B^T",
                new Op.MatMul(),
                squares(),
                (g, x, y) -> List.of(g.matmul(x.get(1)), x.get(0).t().matmul(g)));
        add(
                k,
                "g^T A for A^T g",
                new Op.MatMul(),
                squares(),
                (g, x, y) -> List.of(g.matmul(x.get(1).t()), g.t().matmul(x.get(0))));
        Tensor w = normal("frozen", 3, 3);
        add(
                k,
                "g W^T for g W",
                new Op.FrozenLinear(w, false),
                List.of(normal("x", 2, 3)),
                (g, x, y) -> only(run(new Op.FrozenLinear(w, false), g)));
        add(
                k,
                "the axes for their inverse",
                new Op.Permute(Ints.of(1, 2, 0)),
                List.of(normal("cube", 2, 2, 2)),
                (g, x, y) -> only(g.permute(1, 2, 0)));
        add(k, "transposed on the way", new Op.Reshape(Shape.of(3, 2)), any(), (g, x, y) -> only(g.t()));
    }

    /** The first derivative is right; the second lacks what was detached. */
    private void detached() {
        Kind k = Kind.DETACHED;
        add(k, "g y, y constant", new Op.Exp(), any(), (g, x, y) -> only(g.mul(y.detach())));
        add(
                k,
                "g b, b constant",
                new Op.Mul(),
                two(),
                (g, x, y) -> List.of(g.mul(x.get(1).detach()), g.mul(x.get(0))));
        add(
                k,
                "g constant",
                new Op.MatMul(),
                squares(),
                (g, x, y) ->
                        List.of(g.detach().matmul(x.get(1).t()), x.get(0).t().matmul(g)));
        add(
                k,
                "<g, y> constant",
                new Op.Softmax(),
                any(),
                (g, x, y) -> only(y.mul(g.sub(g.mul(y).sum(true, -1).detach()))));
        add(
                k,
                "deviation constant",
                new Op.LayerNorm(1e-5),
                any(),
                (g, x, y) -> only(g.sub(g.mean(true, -1))
                        .sub(y.mul(g.mul(y).mean(true, -1)))
                        .mul(inverseDeviation(x.get(0)).detach())));
        add(
                k,
                "the weight constant in the input's rule",
                conv(1),
                convolved(),
                (g, x, y) -> List.of(inputGrad(g, x.get(1).detach()), weightGrad(x.get(0), g)));
    }

    // ---------------------------------------------------------------- parts of rules

    private static List<Tensor> only(Tensor t) {
        return List.of(t);
    }

    private static Tensor run(Op op, Tensor... x) {
        return Dispatch.apply(op, x);
    }

    private static Tensor inverseRms(Tensor x) {
        return x.square().mean(true, -1).add(1e-5).sqrt().recip();
    }

    private static Tensor inverseDeviation(Tensor x) {
        return inverseRms(x.sub(x.mean(true, -1)));
    }

    /** Jg mean(h y) + Jh mean(g y) for y = norm(x): what the direction of x contributes to the curvature of a norm. */
    private static Tensor turned(Tensor h, Tensor g, Tensor x, Tensor jg) {
        Tensor y = x.rmsNorm(1e-5);
        Tensor jh = run(new Op.NormGrad(new Op.RmsNorm(1e-5)), h, x);
        return jg.mul(h.mul(y).mean(true, -1)).add(jh.mul(g.mul(y).mean(true, -1)));
    }

    private static Op.Conv1d conv(int padding) {
        return new Op.Conv1d(1, padding, 1, 1);
    }

    private static Tensor inputGrad(Tensor g, Tensor w) {
        return run(new Op.Conv1dInputGrad(1, 1, 1, 1, 5), g, w);
    }

    private static Tensor weightGrad(Tensor x, Tensor g) {
        return run(new Op.Conv1dWeightGrad(1, 1, 1, 1, 3), x, g);
    }

    /** Of y = (a cos - b sin, b cos + a sin) for x = (a, b): what the cosine gets. */
    private static Tensor cosine(Tensor g, Tensor x) {
        Tensor z = g.mul(x);
        return z.slice(-1, 0, 1).add(z.slice(-1, 1, 2));
    }

    private static Tensor sine(Tensor g, Tensor x) {
        return g.slice(-1, 1, 2).mul(x.slice(-1, 0, 1)).sub(g.slice(-1, 0, 1).mul(x.slice(-1, 1, 2)));
    }

    // ---------------------------------------------------------------- operands, off kinks

    private static List<Tensor> any() {
        Tensor x = normal("x", 2, 3);
        return List.of(x.add(x.sign().mul(0.2)));
    }

    private static List<Tensor> positive() {
        return List.of(normal("positive", 2, 3).mul(0.5).exp().add(0.3));
    }

    private static List<Tensor> two() {
        return List.of(normal("a", 2, 3), normal("b", 2, 3));
    }

    private static List<Tensor> squares() {
        return List.of(normal("A", 3, 3), normal("B", 3, 3));
    }

    private static List<Tensor> chosen() {
        Tensor mask = Tensor.of(new boolean[] {true, false, true, false, false, true}, 2, 3);
        return List.of(mask, normal("a", 2, 3), normal("b", 2, 3));
    }

    /** The last one comes a second time. */
    private static Tensor ids() {
        return Tensor.of(new int[] {3, 1, 1}, 3);
    }

    private static List<Tensor> convolved() {
        return List.of(normal("signal", 2, 2, 5), normal("kernel", 2, 2, 3));
    }

    private static List<Tensor> turned() {
        Tensor angle = normal("angle", 3, 1);
        return List.of(normal("pairs", 3, 2), angle.cos(), angle.sin());
    }
}
