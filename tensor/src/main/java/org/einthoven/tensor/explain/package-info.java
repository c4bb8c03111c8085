/** Tensors and their history as text for people: values named and listed in the order in which they were computed. */
package org.einthoven.tensor.explain;
