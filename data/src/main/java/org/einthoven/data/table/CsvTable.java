package org.einthoven.data.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.einthoven.tensor.FormatException;

/** A table with a header line, row by row; every error names file, row and column. Lines that begin with # are comments. */
public final class CsvTable {
    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setAllowMissingColumnNames(true)
            .setCommentMarker('#')
            .get();

    private static final int MARK_BYTES = 3;

    private CsvTable() {}

    /**
     * Shows every row to {@code each}.
     *
     * @param columns that must be there
     * @throws FormatException when the file is missing or no CSV, or lacks one of the columns
     */
    public static void read(Path csv, List<String> columns, Consumer<Row> each) {
        try (BufferedReader in = Files.newBufferedReader(csv, StandardCharsets.UTF_8)) {
            read(csv.toString(), in, columns, each);
        } catch (IOException e) {
            throw unreadable(csv.toString(), e);
        }
    }

    /** As above, of a table that is open already and that messages call {@code name}. */
    public static void read(String name, BufferedReader in, List<String> columns, Consumer<Row> each) {
        try {
            int mark = skipMark(in);
            CSVParser rows = CSVParser.builder()
                    .setReader(in)
                    .setFormat(FORMAT)
                    .setCharset(StandardCharsets.UTF_8)
                    .setTrackBytes(true)
                    .get();
            for (String column : columns) {
                if (!rows.getHeaderMap().containsKey(column)) {
                    throw new FormatException(
                            name, 0, "header", "there is no column " + column + "; take the table as it is published");
                }
            }
            for (CSVRecord row : rows) {
                each.accept(new Row(name, row, mark));
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw unreadable(name, e);
        }
    }

    private static FormatException unreadable(String name, Exception e) {
        return new FormatException(name, FormatException.WHOLE_FILE, "file", "cannot be read: " + problem(e), e);
    }

    /** Passes over the mark of byte order that spreadsheets put in front; returns its bytes. */
    private static int skipMark(BufferedReader in) throws IOException {
        in.mark(1);
        if (in.read() == '\uFEFF') {
            return MARK_BYTES;
        }
        in.reset();
        return 0;
    }

    private static String problem(Exception e) {
        return switch (e) {
            case UncheckedIOException unchecked
            when unchecked.getCause() instanceof IOException cause -> problem(cause);
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "access denied; check its permissions";
            case CharacterCodingException coding -> "it is not in UTF-8; copy it again";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** One row. */
    public static final class Row {
        private final String name;
        private final CSVRecord cells;
        private final long offset;

        private Row(String name, CSVRecord cells, int mark) {
            this.name = name;
            this.cells = cells;
            this.offset = cells.getBytePosition() + mark;
        }

        /** The first cell, of a column that has no name. */
        public String first() {
            return cells.get(0).strip();
        }

        /** A cell without spaces around it. */
        public String text(String column) {
            if (!cells.isSet(column)) {
                throw new FormatException(name, offset, "row " + cells.getRecordNumber(), "ends before " + column);
            }
            return cells.get(column).strip();
        }

        /** A cell that may be empty. */
        public Optional<String> stated(String column) {
            return Optional.of(text(column)).filter(text -> !text.isEmpty());
        }

        /** Whether the table has the column and this row reaches it. */
        public boolean has(String column) {
            return cells.isMapped(column) && cells.isSet(column);
        }

        /** A whole number, perhaps written as -7.0. */
        public int integer(String column) {
            double x = number(column);
            if (!(Math.abs(x) <= Integer.MAX_VALUE) || x != Math.rint(x)) {
                throw bad(column, "'" + text(column) + "' is not a whole number");
            }
            return (int) x;
        }

        /** A number that counts or names something: 0 or more, perhaps written as 7.0. */
        public int id(String column) {
            double x = number(column);
            if (!(x >= 0 && x <= Integer.MAX_VALUE) || x != Math.rint(x)) {
                throw bad(column, "'" + text(column) + "' is not a number that can be an id");
            }
            return (int) x;
        }

        private double number(String column) {
            String text = text(column);
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw bad(column, "'" + text + "' is not a number");
            }
        }

        /** What is wrong with a cell. */
        public FormatException bad(String column, String problem) {
            return new FormatException(name, offset, "row " + cells.getRecordNumber() + ", " + column, problem);
        }
    }
}
