package org.einthoven.data.synthetic;

import java.util.random.RandomGenerator;

/**
 * What is a patient's own and the same in all of his recordings: intervals, amplitudes, the direction of the heart, and how
 * the body carries its dipole to the electrodes.
 *
 * @param rr usual beat interval, s
 * @param pr PR interval, s
 * @param qrsWidth width of the QRS complex relative to the usual
 * @param qt QT interval at 60 beats per minute, s
 * @param gain size of all deflections relative to the usual
 * @param pGain size of the P wave, the same way
 * @param tGain size of the T wave, the same way
 * @param tilt turn of the heart in the frontal plane, radians, positive to the right
 * @param turn turn of the heart in the horizontal plane, radians
 * @param torso the lead field
 */
record Person(
        double rr,
        double pr,
        double qrsWidth,
        double qt,
        double gain,
        double pGain,
        double tGain,
        double tilt,
        double turn,
        Torso torso) {

    static Person draw(RandomGenerator random, double variety) {
        return new Person(
                60 / (74 + variety * 7 * normal(random)),
                0.15 + variety * 0.012 * normal(random),
                StrictMath.exp(variety * 0.06 * normal(random)),
                0.40 + variety * 0.012 * normal(random),
                StrictMath.exp(variety * 0.10 * normal(random)),
                StrictMath.exp(variety * 0.14 * normal(random)),
                StrictMath.exp(variety * 0.14 * normal(random)),
                variety * 0.12 * normal(random),
                variety * 0.11 * normal(random),
                Torso.draw(random, variety * 0.07));
    }

    private static double normal(RandomGenerator random) {
        return Curves.normal(random);
    }
}
