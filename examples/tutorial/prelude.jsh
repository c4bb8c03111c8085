import java.util.*
import java.util.function.*
import org.einthoven.autograd.*
import org.einthoven.tensor.*

// What an exercise says until someone has done it.
<T> T todo(String what) {
    throw new UnsupportedOperationException(what);
}

record Verdict(String text) {
    @Override
    public String toString() {
        return text;
    }
}

// Numbers in the order in which they lie in memory.
double[] numbers(Object x) {
    return switch (x) {
        case Tensor t -> t.toDoubles();
        case Number n -> new double[] {n.doubleValue()};
        case Params p -> p.tensors().stream().flatMapToDouble(t -> Arrays.stream(t.toDoubles())).toArray();
        default -> throw new IllegalArgumentException("expected numbers, got " + x);
    };
}

// Judges an answer: the same shape, and each number within the tolerance.
Verdict expect(String what, Supplier<?> answer, Object wanted, double tolerance) {
    Object given;
    try {
        given = answer.get();
    } catch (UnsupportedOperationException e) {
        return new Verdict("to do: " + e.getMessage());
    } catch (RuntimeException e) {
        return new Verdict("not yet: " + what + ": " + e.getMessage());
    }
    if (given == null) {
        return new Verdict("not yet: " + what + ": the answer is null");
    }
    if (given instanceof Tensor g && wanted instanceof Tensor w && !g.shape().equals(w.shape())) {
        return new Verdict("not yet: " + what + ": the shape is " + g.shape() + ", wanted " + w.shape());
    }
    double[] a = numbers(given);
    double[] b = numbers(wanted);
    for (int i = 0; i < b.length; i++) {
        if (a.length != b.length || !(Math.abs(a[i] - b[i]) <= tolerance)) {
            return new Verdict("not yet: " + what + ": number " + i + " is " + a[i] + ", wanted " + b[i]);
        }
    }
    return new Verdict("passed: " + what);
}
