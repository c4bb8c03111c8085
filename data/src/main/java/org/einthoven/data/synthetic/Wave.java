package org.einthoven.data.synthetic;

/**
 * One deflection of the heart's dipole: a Gaussian in time along a fixed direction (McSharry et al., "A dynamical model for
 * generating synthetic electrocardiogram signals", IEEE Trans. Biomed. Eng. 2003, and Sameni et al. for the dipole form).
 *
 * @param at time of its peak against the R wave, s
 * @param width standard deviation, s
 * @param x to the left, mV
 * @param y to the feet, mV
 * @param z to the back, mV
 */
record Wave(double at, double width, double x, double y, double z) {

    Wave scaled(double factor) {
        return new Wave(at, width, factor * x, factor * y, factor * z);
    }

    Wave moved(double seconds) {
        return new Wave(at + seconds, width, x, y, z);
    }

    Wave wider(double factor) {
        return new Wave(at, width * factor, x, y, z);
    }

    /** Turned in the frontal plane (x, y), positive from left to feet, and in the horizontal plane (x, z). */
    Wave turned(double frontal, double horizontal) {
        double cf = Curves.sine(0.25 + frontal / (2 * Math.PI));
        double sf = Curves.sine(frontal / (2 * Math.PI));
        double ch = Curves.sine(0.25 + horizontal / (2 * Math.PI));
        double sh = Curves.sine(horizontal / (2 * Math.PI));
        double fx = cf * x - sf * y;
        double fy = sf * x + cf * y;
        return new Wave(at, width, ch * fx - sh * z, fy, sh * fx + ch * z);
    }

    /** Adds the wave, its R wave at {@code time} s, to a dipole [axis][t]. */
    void addTo(double[][] dipole, double time, double scale, double hz) {
        double centre = (time + at) * hz;
        double sigma = width * hz;
        int first = Math.max(0, (int) Math.ceil(centre - Curves.REACH * sigma));
        int last = Math.min(dipole[0].length - 1, (int) Math.floor(centre + Curves.REACH * sigma));
        for (int t = first; t <= last; t++) {
            double g = scale * Curves.gaussian((t - centre) / sigma);
            dipole[0][t] += g * x;
            dipole[1][t] += g * y;
            dipole[2][t] += g * z;
        }
    }
}
