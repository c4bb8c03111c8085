/** One ECG: leads, preparation for the encoder, and what looks wrong with it. */
package org.einthoven.data.ecg;
