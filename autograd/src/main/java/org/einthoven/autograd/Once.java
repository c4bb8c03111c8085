package org.einthoven.autograd;

import java.util.function.Supplier;
import org.einthoven.tensor.Nullable;

/** What is made when it is first asked for, and kept: several cotangents often come of one computation. For one thread. */
final class Once<T> implements Supplier<T> {
    private final Supplier<T> make;
    private @Nullable T made;

    Once(Supplier<T> make) {
        this.make = make;
    }

    @Override
    public T get() {
        T known = made;
        if (known == null) {
            known = make.get();
            made = known;
        }
        return known;
    }
}
