/** How alike a generated answer and its reference are as texts: BLEU, ROUGE-L, METEOR. */
package org.einthoven.meta.metrics.text;
