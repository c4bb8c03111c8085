package org.einthoven.models.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Pieces by id and ids by piece. Of equal pieces the first has the id. */
final class Vocabulary {
    private final String[] pieces;
    private final Map<String, Integer> ids;
    private final int longest;

    /** @param pieces the piece of each id; null where an id has none */
    Vocabulary(String[] pieces) {
        this.pieces = pieces;
        this.ids = HashMap.newHashMap(pieces.length);
        int length = 0;
        for (int i = 0; i < pieces.length; i++) {
            if (pieces[i] != null) {
                ids.putIfAbsent(pieces[i], i);
                length = Math.max(length, pieces[i].length());
            }
        }
        this.longest = length;
    }

    static Vocabulary of(List<String> pieces) {
        return new Vocabulary(pieces.toArray(String[]::new));
    }

    int size() {
        return pieces.length;
    }

    /** The piece of an id; null when it has none. */
    String piece(int id) {
        return id >= 0 && id < pieces.length ? pieces[id] : null;
    }

    /** The id of a piece, or -1. */
    int idOf(String piece) {
        return ids.getOrDefault(piece, -1);
    }

    OptionalInt id(String piece) {
        int id = idOf(piece);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Characters of the longest piece. */
    int longest() {
        return longest;
    }

    /** Ids of {@code <0x00>} to {@code <0xFF>}, or null when one is missing. */
    int[] byteIds() {
        int[] table = new int[256];
        for (int b = 0; b < 256; b++) {
            table[b] = idOf("<0x%02X>".formatted(b));
            if (table[b] < 0) {
                return null;
            }
        }
        return table;
    }
}
