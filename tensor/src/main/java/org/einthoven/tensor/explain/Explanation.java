package org.einthoven.tensor.explain;

import java.util.List;
import java.util.Locale;

/**
 * A computation written down: each value once, after everything that it is computed from. {@link #toString} is the text,
 * {@link #dot} a drawing for Graphviz ({@code dot -Tsvg}).
 */
public record Explanation(List<Section> sections) {
    /** No column of the text is pushed further to the right than this by a long definition. */
    private static final int WIDEST = 56;

    public Explanation {
        sections = List.copyOf(sections);
    }

    /** Some values under a title. */
    public record Section(String title, List<Line> lines) {
        public Section {
            lines = List.copyOf(lines);
        }
    }

    /** How a value came in. */
    public enum Kind {
        /** Tracked, and computed from nothing: what one differentiates by. */
        LEAF,
        /** Not tracked: it remembers nothing. */
        CONSTANT,
        /** Computed, from values that are not shown. */
        EARLIER,
        /** Computed by one operation. */
        OPERATION,
        /** Another name of a value. */
        ALIAS
    }

    /**
     * One value.
     *
     * @param name by which later lines call it
     * @param definition the operation on named values, empty for values that come from nothing
     * @param type element type and shape
     * @param note what else there is to say, or empty
     * @param inputs names of the values in the definition; numbers written out are not among them
     */
    public record Line(Kind kind, String name, String definition, String type, String note, List<String> inputs) {
        public Line {
            inputs = List.copyOf(inputs);
        }

        private String left() {
            return definition.isEmpty() ? name : name + " = " + definition;
        }
    }

    /** The text, a line for each value. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        for (Section section : sections) {
            s.append(section.title()).append('\n');
            int left = width(section.lines().stream().map(Line::left).toList());
            int right = width(section.lines().stream().map(Line::type).toList());
            String format = "  %-" + left + "s  %-" + right + "s  %s";
            for (Line line : section.lines()) {
                String text = String.format(Locale.ROOT, format, line.left(), line.type(), line.note());
                s.append(text.stripTrailing()).append('\n');
            }
        }
        return s.toString().stripTrailing();
    }

    private static int width(List<String> column) {
        return Math.clamp(column.stream().mapToInt(String::length).max().orElse(1), 1, WIDEST);
    }

    /** The same as a directed graph in the DOT language: an ellipse is a leaf, a note is a constant, a box is computed. */
    public String dot() {
        StringBuilder s = new StringBuilder("digraph computation {\n  rankdir=BT;\n  node [fontname=\"monospace\"];\n");
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            s.append("  subgraph cluster_").append(i).append(" {\n    label=").append(quoted(section.title()));
            s.append(";\n");
            for (Line line : section.lines()) {
                String label = line.left() + "\n" + line.type();
                s.append("    ").append(quoted(line.name())).append(" [label=").append(quoted(label));
                s.append(", shape=").append(outline(line.kind())).append("];\n");
            }
            s.append("  }\n");
        }
        for (Section section : sections) {
            for (Line line : section.lines()) {
                for (String input : line.inputs()) {
                    s.append("  ").append(quoted(input)).append(" -> ").append(quoted(line.name()));
                    s.append(line.kind() == Kind.ALIAS ? " [style=dashed];\n" : ";\n");
                }
            }
        }
        return s.append('}').toString();
    }

    private static String outline(Kind kind) {
        return switch (kind) {
            case LEAF -> "ellipse";
            case CONSTANT -> "note";
            case EARLIER -> "folder";
            case OPERATION -> "box";
            case ALIAS -> "plaintext";
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
