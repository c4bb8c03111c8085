package org.einthoven.meta;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.autograd.Params;
import org.einthoven.tensor.Rng;
import org.einthoven.tensor.Tensor;

/** Regression by a net 2-6-1 with tanh, in F64: smooth, so differences of any step agree with derivatives. */
record TanhTask(String name, Tensor supportX, Tensor supportY, Tensor queryX, Tensor queryY) implements Task {
    static List<TanhTask> tasks(int count) {
        List<TanhTask> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Rng rng = Rng.of(31).split(i);
            tasks.add(new TanhTask(
                    "task " + i,
                    rng.split("x").normal64(5, 2),
                    rng.split("y").normal64(5, 1),
                    rng.split("qx").normal64(7, 2),
                    rng.split("qy").normal64(7, 1)));
        }
        return tasks;
    }

    static Params theta() {
        Rng rng = Rng.of(32);
        return Params.of("w1", rng.split("w1").normal64(6, 2))
                .with("b1", rng.split("b1").normal64(6))
                .with("w2", rng.split("w2").normal64(1, 6))
                .with("b2", rng.split("b2").normal64(1));
    }

    @Override
    public Tensor supportLoss(Params w, Rng rng) {
        return loss(w, supportX, supportY);
    }

    @Override
    public Query query(Params w, Rng rng) {
        return new Query(loss(w, queryX, queryY));
    }

    private static Tensor loss(Params w, Tensor x, Tensor y) {
        Tensor hidden = x.linear(w.get("w1")).add(w.get("b1")).tanh();
        return hidden.linear(w.get("w2")).add(w.get("b2")).sub(y).square().mean();
    }
}
