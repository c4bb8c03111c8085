package org.einthoven.tensor;

import java.util.Objects;

/**
 * Bytes from outside that are not what they claim to be. Every reader of the project ends in this one exception type; it
 * names the file, the byte offset, the field, what is wrong with it, and what to do.
 */
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Offset of a problem that belongs to the file as a whole. */
    public static final long WHOLE_FILE = -1;

    private final String file;
    private final long offset;
    private final String field;

    /**
     * @param file name of the file as the user gave it
     * @param offset byte offset of the offending bytes, or {@link #WHOLE_FILE}
     * @param field the field of the format that is wrong, e.g. {@code "header length"}
     * @param problem what is wrong, with the values met, and the remedy where there is one
     */
    public FormatException(String file, long offset, String field, String problem) {
        super(file + (offset >= 0 ? " at byte " + offset : "") + ": " + field + ": " + problem);
        this.file = file;
        this.offset = offset;
        this.field = field;
    }

    /** As above, with the lower-level failure kept for {@code --debug}. */
    public FormatException(String file, long offset, String field, String problem, Throwable cause) {
        this(file, offset, field, problem);
        initCause(cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage(), "every problem is told");
    }

    public String file() {
        return file;
    }

    public long offset() {
        return offset;
    }

    public String field() {
        return field;
    }
}
