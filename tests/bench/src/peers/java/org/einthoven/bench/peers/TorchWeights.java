package org.einthoven.bench.peers;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import org.einthoven.autograd.Params;

/** The weights of a model as arrays of libtorch, by the paths that they have in ours. */
record TorchWeights(Map<String, NDArray> arrays) {
    static TorchWeights of(Libtorch torch, Params p) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        p.forEach((path, t) -> arrays.put(path, torch.array(t)));
        return new TorchWeights(arrays);
    }

    boolean has(String path) {
        return arrays.containsKey(path);
    }

    NDArray get(String path) {
        NDArray w = arrays.get(path);
        if (w == null) {
            throw new IllegalStateException("no weight " + path + " among " + arrays.keySet());
        }
        return w;
    }

    /**
     * The same values as fresh leaves of a graph: their gradients are then new arrays, as ours are, not added to those of the
     * last run.
     */
    TorchWeights leaves() {
        Map<String, NDArray> leaves = new LinkedHashMap<>();
        arrays.forEach((path, w) -> {
            NDArray leaf = w.stopGradient();
            leaf.setRequiresGradient(true);
            leaves.put(path, leaf);
        });
        return new TorchWeights(leaves);
    }
}
