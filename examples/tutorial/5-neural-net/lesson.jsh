// LESSON 5: A NEURAL NET
//
// A layer multiplies by a matrix, adds a bias and bends the result: tanh(x W + b). Two of them can follow any curve.
//
// The weights live in `Params`, an immutable tree from names to tensors, and the net is a function of (weights, input). It
// owns nothing. The same function runs with weights at rest, in training, and, in lesson 7, with weights that are themselves
// the result of training.

Tensor net(Params p, Tensor x) {                                             // [N, 1]
    Tensor h = x.matmul(p.get("w1")).add(p.get("b1")).tanh();                // [N, 16]
    return h.matmul(p.get("w2")).add(p.get("b2"));                           // [N, 1]
}
Params fresh(Rng rng) {
    return Params.of(Map.of(
        "w1", rng.split("w1").normal64(1, 16), "b1", rng.split("b1").normal64(16),
        "w2", rng.split("w2").normal64(16, 1).mul(0.25), "b2", Tensor.zeros(DType.F64, 1)));
}

// Random numbers come from a key with a seed, and each part of a program splits off its own: the same weights in every run,
// on every machine.

Params start = fresh(Rng.of(222))
start

// The task: forty points of a sine wave. The loss is the mean squared error.

Tensor x = Rng.of(5).uniform(40, 1).cast(DType.F64).mul(6).sub(3)
Tensor y = x.mul(2).sin()
Tensor loss(Params p) {
    return net(p, x).sub(y).square().mean();
}
loss(start)

// One call gives the loss and its derivative by every weight, under the same names. One step against the gradient, in every
// weight at once, lowers the loss.

Graded graded = Grad.valueAndGrad(p -> loss(p), start, GradMode.CONSTANT)
graded.grads()
Params stepped = start.zip(graded.grads(), (w, g) -> w.sub(g.mul(0.05)))
loss(stepped)

// Many steps are training. Adam, which gives each weight a pace of its own, gets there sooner. An optimiser is a pure
// function too: weights, gradient and its memory go in, new weights and new memory come out.

import org.einthoven.autograd.optim.*

Params trained = start
OptimiserState memory = OptimiserState.start()
for (int step = 0; step < 400; step++) {
    Params g = Grad.valueAndGrad(p -> loss(p), trained, GradMode.CONSTANT).grads();
    Optimiser.Stepped next = AdamW.adam(0.03, 0).step(trained, g, memory);
    trained = next.theta();
    memory = next.state();
}
loss(trained)

// Has it learned the sine, or these points? New points tell:

Tensor fresh = Tensor.of(new double[] {-2.5, -1, 0.3, 1.7}, 4, 1)
Tensor.cat(1, fresh, net(trained, fresh), fresh.mul(2).sin())

// EXERCISE. In 5-neural-net/exercise.jsh, write plain gradient descent: so many steps of w - rate * dloss/dw, for any
// parameters and any loss.
