package org.einthoven.meta;

import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Regression of one sine wave by a net 1-40-40-1 (Finn et al., arXiv 1703.03400, section 5.1). */
record SinusoidTask(String name, boolean relu, Tensor supportX, Tensor supportY, Tensor queryX, Tensor queryY)
        implements Task {
    static SinusoidTask of(Golden g, int i) {
        String t = "task" + i;
        return new SinusoidTask(
                t,
                g.attr("activation").asString("tanh").equals("relu"),
                g.tensor("inputs", t + ".spt.x"),
                g.tensor("inputs", t + ".spt.y"),
                g.tensor("inputs", t + ".qry.x"),
                g.tensor("inputs", t + ".qry.y"));
    }

    @Override
    public Tensor supportLoss(Params w, Rng rng) {
        return loss(w, supportX, supportY);
    }

    @Override
    public Query query(Params w, Rng rng) {
        return new Query(loss(w, queryX, queryY));
    }

    private Tensor loss(Params w, Tensor x, Tensor y) {
        Tensor h = activation(x.linear(w.get("w1")).add(w.get("b1")));
        h = activation(h.linear(w.get("w2")).add(w.get("b2")));
        return h.linear(w.get("w3")).add(w.get("b3")).sub(y).square().mean();
    }

    private Tensor activation(Tensor x) {
        return relu ? x.relu() : x.tanh();
    }
}
