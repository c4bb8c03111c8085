package org.einthoven.data.synthetic;

import static org.einthoven.data.synthetic.Finding.*;

import java.util.Set;
import java.util.random.RandomGenerator;

/** What is wrong with the electrodes: their contact, their places, their jelly. */
final class Electrodes {
    private Electrodes() {}

    /** Changes potentials [electrode][t] in mV as the findings say. */
    static void spoil(double[][] potentials, Set<Finding> findings, double hz, Expression e, RandomGenerator random) {
        if (findings.contains(ELECTRODE_PROBLEM)) {
            loose(potentials[random.nextInt(potentials.length)], hz, e.of(ELECTRODE_PROBLEM), random);
        }
        if (findings.contains(SUDDEN_JUMPS)) {
            jumps(potentials, e.of(SUDDEN_JUMPS), random);
        }
        if (findings.contains(CONSTANT_OFFSET)) {
            offset(potentials, e.of(CONSTANT_OFFSET), random);
        }
        if (findings.contains(SMEARED_GEL)) {
            smear(potentials);
        }
        if (findings.contains(SHUFFLED_CHEST_LEADS)) {
            shuffle(potentials);
        }
        if (findings.contains(SWAPPED_ARMS)) {
            double[] right = potentials[Torso.RIGHT_ARM];
            potentials[Torso.RIGHT_ARM] = potentials[Torso.LEFT_ARM];
            potentials[Torso.LEFT_ARM] = right;
        }
    }

    /** An electrode that loses contact: sudden steps that fade. */
    private static void loose(double[] x, double hz, double strength, RandomGenerator random) {
        double level = 0;
        for (int t = 0; t < x.length; t++) {
            if (random.nextDouble() < 1.1 / hz || t == (int) (0.1 * hz)) {
                level += strength * (random.nextBoolean() ? 1 : -1) * Curves.between(0.8, 2.0, random);
            }
            level *= 1 - 1.2 / hz;
            x[t] += level;
        }
    }

    /** The baseline of all electrodes jumps to another level, and stays there. */
    private static void jumps(double[][] potentials, double strength, RandomGenerator random) {
        int length = potentials[0].length;
        for (int i = 0; i < 3; i++) {
            int at = (int) ((i + Curves.between(0.2, 0.8, random)) * length / 3);
            for (double[] electrode : potentials) {
                double size = strength * Curves.between(-0.8, 0.8, random);
                for (int t = at; t < length; t++) {
                    electrode[t] += size;
                }
            }
        }
    }

    /** Each electrode stands at a level of its own, as a battery would. */
    private static void offset(double[][] potentials, double strength, RandomGenerator random) {
        for (double[] electrode : potentials) {
            double level = strength * Curves.between(0.4, 0.9, random) * (random.nextBoolean() ? 1 : -1);
            for (int t = 0; t < electrode.length; t++) {
                electrode[t] += level;
            }
        }
    }

    /** Jelly from V1 to V6 joins the chest electrodes: all carry their mean. */
    private static void smear(double[][] potentials) {
        int chest = potentials.length - Torso.V1;
        for (int t = 0; t < potentials[0].length; t++) {
            double mean = 0;
            for (int v = 0; v < chest; v++) {
                mean += potentials[Torso.V1 + v][t] / chest;
            }
            for (int v = 0; v < chest; v++) {
                potentials[Torso.V1 + v][t] = mean;
            }
        }
    }

    /** The chest cable the other way round: V6 stands where V1 belongs. */
    private static void shuffle(double[][] potentials) {
        for (int a = Torso.V1, b = potentials.length - 1; a < b; a++, b--) {
            double[] x = potentials[a];
            potentials[a] = potentials[b];
            potentials[b] = x;
        }
    }
}
