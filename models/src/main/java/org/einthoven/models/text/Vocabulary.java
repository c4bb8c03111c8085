package org.einthoven.models.text;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.einthoven.tensor.Nullable;

/** Pieces by id and ids by piece. Of equal pieces the first has the id. */
final class Vocabulary {
    private final @Nullable String[] pieces;
    private final Map<String, Integer> ids;
    private final int longest;

    /** @param pieces the piece of each id; null where an id has none */
    Vocabulary(@Nullable String[] pieces) {
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

    int size() {
        return pieces.length;
    }

    /** The piece of an id; null when it has none. */
    @Nullable
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

    /** Ids of {@code <0x00>} to {@code <0xFF>}, -1 for those without one; null when there is none at all. */
    int @Nullable [] byteIds() {
        int[] table = new int[256];
        boolean any = false;
        for (int b = 0; b < 256; b++) {
            table[b] = idOf("<0x%02X>".formatted(b));
            any |= table[b] >= 0;
        }
        return any ? table : null;
    }

    /** The byte pieces of a character; null when one is missing. */
    static int @Nullable [] spelt(String character, int @Nullable [] byteIds) {
        if (byteIds == null) {
            return null;
        }
        byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = byteIds[utf8[i] & 0xff];
            if (ids[i] < 0) {
                return null;
            }
        }
        return ids;
    }
}
