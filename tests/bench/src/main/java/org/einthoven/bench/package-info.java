/** Benchmarks: each states in its documentation the floor, operations or bytes by the peak of the machine. */
package org.einthoven.bench;
