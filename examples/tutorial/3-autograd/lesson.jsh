// LESSON 3: AUTOGRAD, ALL OF IT
//
// A program computes a number from other numbers. How does the result change when an input does? To answer that for every
// input at once, and to any order, takes what stands below. The arrays of lessons 1 and 2 do the sums; everything that
// concerns derivatives is here.
//
// Four ideas. A Node remembers how it was made: an operation and its inputs. `apply` is the only place that makes one. Each
// operation has a rule: given g, the derivative of the result by y, what are those by the inputs? And `grad` walks back from
// the result, adding up what arrives on several ways.
//
// The rules are written in Nodes, not in arrays. That one decision is why a gradient can be differentiated again.

final class Node {
    sealed interface Op {}
    record Add() implements Op {}
    record Mul() implements Op {}
    record Neg() implements Op {}
    record Exp() implements Op {}
    record Tanh() implements Op {}
    record MatMul() implements Op {}
    record Turn() implements Op {}
    record SumTo(Shape to) implements Op {}
    record Expand(Shape to) implements Op {}

    final Tensor value;
    final Op op; // null for what was not computed
    final List<Node> inputs;

    Node(Tensor value, Op op, List<Node> inputs) {
        this.value = value;
        this.op = op;
        this.inputs = inputs;
    }

    static Node of(Tensor value) { return new Node(value, null, List.of()); }
    static Node of(double value) { return of(Tensor.scalar(value, DType.F64)); }

    Node add(Node b) { return apply(new Add(), this, b); }
    Node mul(Node b) { return apply(new Mul(), this, b); }
    Node mul(double b) { return mul(of(b)); }
    Node neg() { return apply(new Neg(), this); }
    Node sub(Node b) { return add(b.neg()); }
    Node exp() { return apply(new Exp(), this); }
    Node tanh() { return apply(new Tanh(), this); }
    Node matmul(Node b) { return apply(new MatMul(), this, b); }
    Node t() { return apply(new Turn(), this); }
    Node sumTo(Shape to) { return to.equals(value.shape()) ? this : apply(new SumTo(to), this); }
    Node expand(Shape to) { return to.equals(value.shape()) ? this : apply(new Expand(to), this); }
    Node sum() { return sumTo(Shape.SCALAR); }

    static Node apply(Op op, Node... x) {
        return new Node(forward(op, x), op, List.of(x));
    }

    static Tensor forward(Op op, Node[] x) {
        Tensor a = x[0].value;
        return switch (op) {
            case Add() -> a.add(x[1].value);
            case Mul() -> a.mul(x[1].value);
            case Neg() -> a.neg();
            case Exp() -> a.exp();
            case Tanh() -> a.tanh();
            case MatMul() -> a.matmul(x[1].value);
            case Turn() -> a.t();
            case SumTo(Shape to) -> a.sumTo(to);
            case Expand(Shape to) -> a.expand(to);
        };
    }

    // The rules: y = op(x), and g is what the end result changes by when y does.
    static List<Node> backward(Op op, List<Node> x, Node y, Node g) {
        return switch (op) {
            case Add() -> List.of(g, g);
            case Mul() -> List.of(g.mul(x.get(1)), g.mul(x.get(0)));
            case Neg() -> List.of(g.neg());
            case Exp() -> List.of(g.mul(y));
            case Tanh() -> List.of(g.mul(of(1).sub(y.mul(y))));
            case MatMul() -> List.of(g.matmul(x.get(1).t()), x.get(0).t().matmul(g));
            case Turn() -> List.of(g.t());
            case SumTo s -> List.of(g.expand(x.get(0).value.shape()));
            case Expand e -> List.of(g.sumTo(x.get(0).value.shape()));
        };
    }

    // The derivatives of y, one number, with respect to each of xs.
    static List<Node> grad(Node y, Node... xs) {
        Map<Node, Node> arrived = new IdentityHashMap<>();
        arrived.put(y, of(Tensor.ones(y.value.dtype(), y.value.shape().toArray())));
        for (Node node : inputsFirst(y, new ArrayList<>(), new HashSet<>()).reversed()) {
            Node g = arrived.get(node); // complete: all that uses this node has been here
            if (g == null || node.op == null) {
                continue;
            }
            List<Node> passed = backward(node.op, node.inputs, node, g);
            for (int i = 0; i < passed.size(); i++) {
                Node x = node.inputs.get(i);
                arrived.merge(x, passed.get(i).sumTo(x.value.shape()), Node::add); // what broadcast is summed
            }
        }
        return Arrays.stream(xs).map(x -> arrived.getOrDefault(x, x.mul(0))).toList();
    }

    static List<Node> inputsFirst(Node node, List<Node> order, Set<Node> met) {
        if (met.add(node)) {
            node.inputs.forEach(x -> inputsFirst(x, order, met));
            order.add(node);
        }
        return order;
    }
}

// That was all. x^3 at 2 is 8, its derivative 3 x^2 is 12. The derivative is a Node, so it has one too: 6 x is 12, then 6.

Node x = Node.of(2)
Node cube = x.mul(x).mul(x)
Node first = Node.grad(cube, x).getFirst()
Node second = Node.grad(first, x).getFirst()
Node third = Node.grad(second, x).getFirst()
List.of(cube.value.item(), first.value.item(), second.value.item(), third.value.item())

// A straight line through four points: 100 steps downhill on the squared error. The points lie on y = 3 x + 1.

Node px = Node.of(Tensor.of(new double[] {0, 1, 2, 3}, 4, 1))
Node py = Node.of(Tensor.of(new double[] {1, 4, 7, 10}, 4, 1))
Node squaredError(Node w, Node b) {
    Node miss = px.matmul(w).add(b).sub(py);
    return miss.mul(miss).sum().mul(0.25);
}
Node w = Node.of(Tensor.zeros(DType.F64, 1, 1))
Node b = Node.of(Tensor.zeros(DType.F64, 1))
for (int step = 0; step < 100; step++) {
    List<Node> g = Node.grad(squaredError(w, b), w, b);
    w = Node.of(w.value.sub(g.get(0).value.mul(0.15)));
    b = Node.of(b.value.sub(g.get(1).value.mul(0.15)));
}
List.of(w.value.item(), b.value.item(), squaredError(w, b).value.item())

// The library is this, with more operations: Node is `Tensor`, `apply` is `Dispatch.apply`, `backward` is `Vjp.of`, and
// `grad` is `Grad.vjp`. A tensor remembers its history from the moment that it is tracked. Ask it:

Tensor two = Tensor.scalar(2, DType.F64).track()
two.mul(two).mul(two).explain()

// And `Grad.explain` shows what the walk back computes. Read it beside `backward` above: each section is one rule.

Grad.explain(p -> p.get("x").tanh().square().sum(), Params.of("x", Tensor.of(new double[] {0.5, 1}, 2)))

// EXERCISE. In 3-autograd/exercise.jsh, write the n-th derivative of a function of one number. n = 0 is the function itself.
