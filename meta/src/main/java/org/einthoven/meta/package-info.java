/**
 * Meta-learning: tasks, the inner loop and its rules, MAML and its relatives, the outer loop with crash-safe
 * checkpoints, and evaluation beside controls.
 */
package org.einthoven.meta;
