package org.einthoven.verify.laws;

import java.util.Arrays;
import org.einthoven.tensor.Workers;

/** Prints the bits of every small kernel case as a hash, one a line: run with {@code -Xint} nothing is ever compiled. */
final class ColdCode {
    private ColdCode() {}

    public static void main(String[] none) {
        Workers.threads(1);
        for (KernelCase c : KernelCases.small()) {
            System.out.println(line(c));
        }
    }

    static String line(KernelCase c) {
        return c + ": " + Arrays.hashCode(c.on(KernelCase.SIMD).toDoubles());
    }
}
