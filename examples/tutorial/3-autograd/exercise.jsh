Node derivative(Function<Node, Node> f, Node x, int n) {
    return todo("for n = 0 give f.apply(x); else Node.grad(...).getFirst() of the derivative before, which is a Node too");
}
