package org.einthoven.meta;

import java.util.function.UnaryOperator;
import org.einthoven.autograd.Params;

/**
 * Solves A x = b for a symmetric positive definite A that is known by its products alone (Hestenes and Stiefel, 1952).
 *
 * @param iterations at most; one product each
 * @param tolerance ends when the residual is at most this share of b
 */
public record ConjugateGradient(int iterations, double tolerance) {
    public ConjugateGradient {
        if (iterations < 1 || !(tolerance >= 0)) {
            throw new IllegalArgumentException("conjugate gradients need 1 iteration or more and a tolerance >= 0, got "
                    + iterations + ", " + tolerance);
        }
    }

    /** x, from 0. Ends early where A does not curve upwards along the search direction: it is not positive definite there. */
    public Params solve(UnaryOperator<Params> product, Params b) {
        Params x = b.map(t -> t.mul(0));
        Params residual = b;
        Params direction = b;
        double squared = dot(b, b);
        double enough = tolerance * tolerance * squared;
        for (int i = 0; i < iterations && squared > enough; i++) {
            Params along = product.apply(direction);
            double curvature = dot(direction, along);
            if (!(curvature > 0)) {
                break;
            }
            double length = squared / curvature;
            x = x.zip(direction, (a, d) -> a.add(d.mul(length)));
            residual = residual.zip(along, (r, a) -> r.sub(a.mul(length)));
            double next = dot(residual, residual);
            double turn = next / squared;
            direction = residual.zip(direction, (r, d) -> r.add(d.mul(turn)));
            squared = next;
        }
        return x;
    }

    private static double dot(Params a, Params b) {
        double sum = 0;
        for (var product : a.zip(b, (s, t) -> s.mul(t).sum()).tensors()) {
            sum += product.item();
        }
        return sum;
    }
}
