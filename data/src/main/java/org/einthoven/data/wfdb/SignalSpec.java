package org.einthoven.data.wfdb;

import java.util.OptionalInt;

/**
 * One signal line of a WFDB header (header(5)).
 *
 * @param line 1-based number of the line
 * @param lineOffset byte offset of the line in the header
 * @param file name of the signal file, beside the header
 * @param format how samples are stored
 * @param skipped bytes before the first sample
 * @param gain ADC units per physical unit
 * @param calibrated whether the header gave the gain; otherwise WFDB's 200 per mV is taken
 * @param baseline ADC value of 0 physical units
 * @param units physical units, {@code mV} when not given
 * @param initial ADC value of the first sample, where given
 * @param checksum low 16 bits of the sum of all samples, where given
 * @param lead the description field: the lead's name
 */
record SignalSpec(
        int line,
        long lineOffset,
        String file,
        SampleFormat format,
        long skipped,
        double gain,
        boolean calibrated,
        int baseline,
        String units,
        OptionalInt initial,
        OptionalInt checksum,
        String lead) {
    static final double DEFAULT_GAIN = 200;
}
