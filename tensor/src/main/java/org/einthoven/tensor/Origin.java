package org.einthoven.tensor;

import java.util.List;
import org.einthoven.tensor.op.Op;

/** How a tracked tensor came to be. The graph is only this reachability; the collector frees it with the loss. */
public record Origin(Op op, List<Tensor> inputs) {}
