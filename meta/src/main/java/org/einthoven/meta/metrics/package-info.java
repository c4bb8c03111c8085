/** Statistics of answers: scores, intervals over attribute groups and patients, paired comparisons, calibration. */
package org.einthoven.meta.metrics;
