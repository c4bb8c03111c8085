/** Few-shot tasks as lists of questions: the reference's (seed) and ours (strict), splits, and what they leak. */
package org.einthoven.data.episodes;
