/** The race of language models: ours against engines that others wrote, each in a process of its own, in turns. */
package org.einthoven.bench.llm;
