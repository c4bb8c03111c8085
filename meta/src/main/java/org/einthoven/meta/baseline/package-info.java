/**
 * What a task can be solved with short of a language model: classifiers on the ECG vector, fitted to one support set.
 */
package org.einthoven.meta.baseline;
