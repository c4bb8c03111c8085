package org.einthoven.bench.llm;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.bench.llm.Figures.Column;
import org.einthoven.tensor.DType;

/**
 * What ours is to reach on a model of the shape of Llama 3.2 1B, in tokens a second by those of a peer.
 *
 * @param engine of the peer; where there are several builds of it, the fastest in this column counts
 */
record LlmGoal(Column column, String engine, double ratio) {
    /** Of a file whose matrices are of one type; none for types without goals. */
    static List<LlmGoal> of(DType type) {
        return switch (type) {
            case BF16 -> goals(Column.DECODE, 1.3, 1.3);
            case Q8_0 -> together(goals(Column.DECODE, 1.05, 2.1), prompts(1.3, 6));
            case Q4_0 -> together(goals(Column.DECODE, 1.2, 2.7), prompts(1.0, 8));
            default -> List.of();
        };
    }

    private static List<LlmGoal> goals(Column column, double llamaCpp, double llama3Java) {
        return List.of(
                new LlmGoal(column, Contender.LLAMA_CPP, llamaCpp),
                new LlmGoal(column, Contender.LLAMA3_JAVA, llama3Java));
    }

    private static List<LlmGoal> prompts(double llamaCpp, double llama3Java) {
        return together(goals(Column.PROMPT_128, llamaCpp, llama3Java), goals(Column.PROMPT_512, llamaCpp, llama3Java));
    }

    private static List<LlmGoal> together(List<LlmGoal> a, List<LlmGoal> b) {
        List<LlmGoal> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    /** In words. */
    String verdict(double measured) {
        String wanted = "%s %s: %.2f wanted, ".formatted(column.title.replaceAll(",.*", ""), engine, ratio);
        return wanted
                + (Double.isNaN(measured)
                        ? "peer absent"
                        : "%.2f %s".formatted(measured, measured >= ratio ? "reached" : "**short**"));
    }
}
