package org.einthoven.tensor;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.backend.Backends;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.op.Shapes.Signature;

/** Computes an op and, when an operand is tracked, records where the result came from. The only place that records. */
public final class Dispatch {
    private Dispatch() {}

    /** The result of {@code op} on {@code inputs}; throws a {@link TensorException} when they do not fit. */
    public static Tensor apply(Op op, Tensor... inputs) {
        Tensor y = compute(op, inputs);
        if (!y.dtype().isFloating()) {
            return y;
        }
        for (Tensor t : inputs) {
            if (t.isTracked()) {
                return recorded(y, op, inputs);
            }
        }
        return y;
    }

    private static Tensor recorded(Tensor y, Op op, Tensor[] inputs) {
        Workspace.remember(y);
        for (Tensor t : inputs) {
            Workspace.remember(t);
        }
        return y.recorded(new Origin(op, List.of(inputs)));
    }

    private static Tensor compute(Op op, Tensor[] x) {
        return switch (op) {
            case Op.Recompute r -> Workspace.stage(() -> closed(r.segment().apply(detached(x))));
            case Op.CustomOp c -> c.forward(detached(x)).detach();
            case Op.View v -> view(v, x[0]);
            default -> {
                Signature out = Shapes.of(op, x);
                yield Workspace.holding(() -> Backends.forOp(op, x).run(op, out, x));
            }
        };
    }

    private static Tensor view(Op.View op, Tensor x) {
        Shapes.of(op, x);
        Layout l = x.layout();
        return x.withLayout(
                switch (op) {
                    case Op.Reshape r -> viewed(l, r.to());
                    case Op.Permute p -> l.permute(p.axes());
                    case Op.Expand e -> l.expand(e.to());
                    case Op.Slice s -> l.slice(s.start(), s.size(), s.step());
                });
    }

    private static Layout viewed(Layout l, Shape to) {
        Layout view = l.reshape(to);
        if (view == null) {
            throw new ShapeException("reshape: no view of " + l + " has shape " + to
                    + "; Tensor.reshape() copies where it must, contiguous() always");
        }
        return view;
    }

    /** A segment run on constants gives a constant, or it reached around its inputs for something tracked. */
    private static Tensor closed(Tensor y) {
        if (y.isTracked()) {
            throw new TensorException("recompute: the segment uses a tracked tensor that is not among its inputs, whose"
                    + " gradient would be lost; pass it as an input");
        }
        return y;
    }

    private static List<Tensor> detached(Tensor[] x) {
        return Arrays.stream(x).map(Tensor::detach).toList();
    }
}
