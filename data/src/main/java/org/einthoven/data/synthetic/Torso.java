package org.einthoven.data.synthetic;

import java.util.random.RandomGenerator;

/**
 * How the heart's dipole (x to the left, y to the feet, z to the back) reaches the nine electrodes. From the eight
 * independent leads of Dower, Machado and Osborne ("On deriving the electrocardiogram from vectorcardiographic leads", Clin.
 * Cardiol. 1980), each changed a little from patient to patient; potentials are against Wilson's central terminal, so every
 * lead computed from them obeys Einthoven's law exactly.
 */
final class Torso {
    /** Right arm, left arm, left leg, V1 .. V6. */
    static final int ELECTRODES = 9;

    static final int RIGHT_ARM = 0;
    static final int LEFT_ARM = 1;
    static final int LEFT_LEG = 2;
    static final int V1 = 3;

    private static final double[] LEAD_I = {0.632, -0.235, 0.059};
    private static final double[] LEAD_II = {0.235, 1.066, -0.132};
    private static final double[][] CHEST = {
        {-0.515, 0.157, -0.917},
        {0.044, 0.164, -1.387},
        {0.882, 0.098, -1.277},
        {1.213, 0.127, -0.601},
        {1.125, 0.127, -0.086},
        {0.831, 0.076, 0.230}
    };

    /** [electrode][axis]. */
    private final double[][] field = new double[ELECTRODES][3];

    private Torso() {}

    /** @param spread how much an entry of the lead field differs, relative to the size of its lead */
    static Torso draw(RandomGenerator random, double spread) {
        Torso torso = new Torso();
        double[] one = changed(LEAD_I, random, spread);
        double[] two = changed(LEAD_II, random, spread);
        for (int axis = 0; axis < 3; axis++) {
            double right = -(one[axis] + two[axis]) / 3;
            torso.field[RIGHT_ARM][axis] = right;
            torso.field[LEFT_ARM][axis] = right + one[axis];
            torso.field[LEFT_LEG][axis] = right + two[axis];
        }
        for (int i = 0; i < CHEST.length; i++) {
            torso.field[V1 + i] = changed(CHEST[i], random, spread);
        }
        return torso;
    }

    private static double[] changed(double[] lead, RandomGenerator random, double spread) {
        double size = Math.sqrt(lead[0] * lead[0] + lead[1] * lead[1] + lead[2] * lead[2]);
        double[] changed = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            changed[axis] = lead[axis] + size * spread * Curves.normal(random);
        }
        return changed;
    }

    /** Potentials [electrode][t] in mV of a dipole [axis][t] in mV. */
    double[][] potentials(double[][] dipole) {
        int length = dipole[0].length;
        double[][] potentials = new double[ELECTRODES][length];
        for (int e = 0; e < ELECTRODES; e++) {
            double x = field[e][0];
            double y = field[e][1];
            double z = field[e][2];
            for (int t = 0; t < length; t++) {
                potentials[e][t] = x * dipole[0][t] + y * dipole[1][t] + z * dipole[2][t];
            }
        }
        return potentials;
    }

    /** The twelve leads [lead][t] in mV, in standard order, of potentials [electrode][t]. */
    static float[][] leads(double[][] potentials) {
        int length = potentials[0].length;
        float[][] leads = new float[12][length];
        for (int t = 0; t < length; t++) {
            double right = potentials[RIGHT_ARM][t];
            double left = potentials[LEFT_ARM][t];
            double leg = potentials[LEFT_LEG][t];
            double centre = (right + left + leg) / 3;
            leads[0][t] = (float) (left - right);
            leads[1][t] = (float) (leg - right);
            leads[2][t] = (float) (leg - left);
            leads[3][t] = (float) (right - (left + leg) / 2);
            leads[4][t] = (float) (left - (right + leg) / 2);
            leads[5][t] = (float) (leg - (right + left) / 2);
            for (int v = 0; v < 6; v++) {
                leads[6 + v][t] = (float) (potentials[V1 + v][t] - centre);
            }
        }
        return leads;
    }
}
