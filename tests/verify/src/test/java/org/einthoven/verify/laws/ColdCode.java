package org.einthoven.verify.laws;

import java.util.Arrays;
import java.util.List;
import org.einthoven.tensor.Workers;

/** Prints the bits of every small kernel case that rounds, as a hash; with {@code -Xint} nothing is ever compiled. */
final class ColdCode {
    private ColdCode() {}

    public static void main(String[] none) {
        Workers.threads(1);
        for (KernelCase c : cases()) {
            System.out.println(line(c));
        }
    }

    /** Those that round: what moves or compares numbers has no bits to lose. */
    static List<KernelCase> cases() {
        return KernelCases.small().stream().filter(c -> c.terms() > 0).toList();
    }

    static String line(KernelCase c) {
        return c + ": " + Arrays.hashCode(c.on(KernelCase.SIMD).toDoubles());
    }
}
