// LESSON 4: DO NOT BELIEVE A GRADIENT
//
// A wrong gradient does not crash. The loss falls anyway, a little slower, and nobody notices. So we measure: move an input
// by h and see how far the result moves. Two ways, for tanh at 0.7, whose slope is 1 - tanh^2:

double slope = 1 - Math.pow(Math.tanh(0.7), 2)
double forward(double h) {
    return (Math.tanh(0.7 + h) - Math.tanh(0.7)) / h;
}
double central(double h) {
    return (Math.tanh(0.7 + h) - Math.tanh(0.7 - h)) / (2 * h);
}

// How wrong are they? Each row: the exponent of h, and the decimal exponents of the two errors.

Tensor errors = Tensor.zeros(DType.F64, 0, 3)
for (int e = -1; e >= -13; e -= 2) {
    double h = Math.pow(10, e);
    errors = Tensor.cat(0, errors, Tensor.of(new double[] {
        e, Math.log10(Math.abs(forward(h) - slope)), Math.log10(Math.abs(central(h) - slope))}, 1, 3));
}
errors

// Both fall, then rise again. A large h sees the curve and not its slope: an error like h for the one-sided difference, like
// h^2 for the central one. A small h subtracts two nearly equal numbers and divides what is left, mostly rounding, by
// almost nothing: an error like 1e-16 / h. The best h lies between: near 1e-8 for the first, 1e-5 for the second.
//
// Hence the rules of this library: check in F64, with differences of error h^4, which are best near 1e-3. `GradCheck` does
// so for every input, and for the second order too: it differentiates the gradient and compares that with differences.

import org.einthoven.autograd.check.*
import org.einthoven.tensor.op.Op

Tensor a = Rng.of(1).normal64(2, 3)
Tensor b = Rng.of(2).normal64(3)
GradCheck check = GradCheck.standard(Rng.of(7))
GradReport right = check.check(x -> x.get(0).tanh().mul(x.get(1)), List.of(a, b))
right

// Now a mistake as people make it. Softsign is x / (1 + |x|), its slope 1 / (1 + |x|)^2. Someone forgot the square.

Op.CustomOp careless = new Op.CustomOp() {
    public String name() {
        return "softsign";
    }

    public Tensor forward(List<Tensor> x) {
        return x.get(0).div(x.get(0).abs().add(1));
    }

    public List<Tensor> vjp(Tensor g, List<Tensor> x, Tensor y) {
        return List.of(g.div(x.get(0).abs().add(1)));
    }
}
GradReport wrong = check.check(x -> Dispatch.apply(careless, x.get(0)), List.of(b))
wrong.ok()
wrong

// The report names the worst entry, with what the rule says, what the differences say, and a table like the one above, from
// which it draws its conclusion: the differences agree with one another, and not with the rule. So the rule is wrong.
//
// One line passes: dG/dx0 compares the derivative of the wrong gradient with differences of the wrong gradient, and of itself
// it is the right derivative. A mistake shows where a rule meets the function, so all lines must be read.
//
// A check has a blind spot: a kink. |x| has no slope at 0, and differences across 0 give the mean of both sides. Choose
// points away from kinks.
//
// EXERCISE. In 4-gradient-check/exercise.jsh, write a difference that is right to 1e-9 for well-behaved functions.
