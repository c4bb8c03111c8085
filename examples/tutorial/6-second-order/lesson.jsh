// LESSON 6: SECOND ORDER
//
// A gradient is computed by tensor operations like anything else. So it has a gradient, if it is asked to remember where it
// came from. There is no default: `CONSTANT` forgets, `DIFFERENTIABLE` remembers.

Tensor f(Tensor x) {
    return x.pow(4).sum();
}
Tensor at = Tensor.of(new double[] {1, 2}, 2)
Grad.grad(x -> f(x), at, GradMode.CONSTANT)
Grad.grad(x -> Grad.grad(z -> f(z), x, GradMode.DIFFERENTIABLE).sum(), at, GradMode.CONSTANT)

// 4 x^3, then 12 x^2. The second derivatives of a function of n numbers form a table [n, n], the Hessian: entry (i, j) is
// how the slope along i changes as x moves along j. For a net of a million weights nobody could store it. But the Hessian
// times a direction costs little more than a gradient: differentiate the number <gradient, v>.

Tensor g(Tensor x) {
    return x.select(0, 0).square().mul(x.select(0, 1));
}
Grad.hvp(x -> g(x), at, Tensor.of(new double[] {1, 0}, 2))

// g = x^2 y has the Hessian [2 y, 2 x; 2 x, 0], and that was its first column at (1, 2).
//
// What is it good for? Gradient descent knows how steep the ground is, not how it bends. Newton's method divides the slope
// by the bend. Both on cosh(x) - x, whose lowest point is asinh(1) = 0.8814, five steps from 3:

Tensor h(Tensor x) {
    return x.exp().add(x.neg().exp()).mul(0.5).sub(x);
}
Tensor slope(Tensor x, GradMode mode) {
    return Grad.grad(z -> h(z), x, mode);
}
Tensor descent = Tensor.scalar(3, DType.F64)
Tensor newton = Tensor.scalar(3, DType.F64)
for (int step = 0; step < 5; step++) {
    descent = descent.sub(slope(descent, GradMode.CONSTANT).mul(0.1));
    Tensor bend = Grad.grad(z -> slope(z, GradMode.DIFFERENTIABLE), newton, GradMode.CONSTANT);
    newton = newton.sub(slope(newton, GradMode.CONSTANT).div(bend));
}
List.of(descent.item(), newton.item())

// And now the step on which the rest of this tutorial stands. Take one step of gradient descent, and ask how the loss AFTER
// the step depends on the weight BEFORE it:
//
//     w' = w - rate * L'(w)          d L(w') / dw = L'(w') * (1 - rate * L''(w))
//
// The bracket is the second derivative's doing. Forget it, and the answer is another one. Differences are the judge:

double rate = 0.1
double afterStep(double w, GradMode mode) {
    return Grad.grad(z -> h(z.sub(slope(z, mode).mul(rate))), Tensor.scalar(w, DType.F64), GradMode.CONSTANT).item();
}
double lossAfterStep(double w) {
    Tensor z = Tensor.scalar(w, DType.F64);
    return h(z.sub(slope(z, GradMode.CONSTANT).mul(rate))).item();
}
afterStep(2, GradMode.DIFFERENTIABLE)
(lossAfterStep(2 + 1e-5) - lossAfterStep(2 - 1e-5)) / 2e-5
afterStep(2, GradMode.CONSTANT)

// The program behind it, for a loss with a single operation. The forward part is a step of training; the backward part goes
// through that step.

Params weight = Params.of("w", Tensor.scalar(0.5, DType.F64))
Params trainedOnce(Params p) {
    Params slopes = Grad.valueAndGrad(q -> q.get("w").tanh(), p, GradMode.DIFFERENTIABLE).grads();
    return p.zip(slopes, (w, d) -> w.sub(d.mul(0.1)));
}
Grad.explain(p -> trainedOnce(p).get("w").tanh(), weight)

// EXERCISE. In 6-second-order/exercise.jsh, build the whole Hessian [n, n] of a function of x [n], from Hessian-vector
// products.
