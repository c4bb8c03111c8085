/** Weights as blocks of few bits: how numbers are rounded to the storage-only types that {@code Blocks} of tensor decodes. */
package org.einthoven.models.quant;
