package org.einthoven.cli;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Token ids as options give them: whole numbers with commas or spaces between them, such as {@code 1,403,407}. */
record TokenIds(int[] ids) {
    /** @throws IllegalArgumentException when something is no id, or there is none */
    static TokenIds parse(String text) {
        String bare = text.strip();
        if (bare.startsWith("[") && bare.endsWith("]")) { // a list as JSON has it
            bare = bare.substring(1, bare.length() - 1).strip();
        }
        if (bare.isEmpty()) {
            throw new IllegalArgumentException("the list of token ids is empty; give at least one, such as 1,403");
        }
        return new TokenIds(Arrays.stream(bare.split("\\s*,\\s*|\\s+"))
                .mapToInt(TokenIds::id)
                .toArray());
    }

    private static int id(String text) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no token id; ids are whole numbers from 0 on, such as 1,403");
    }

    /** For options. */
    static final class Converter implements ITypeConverter<TokenIds> {
        @Override
        public TokenIds convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
