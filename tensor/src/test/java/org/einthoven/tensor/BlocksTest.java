package org.einthoven.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single elements of blocks that are all zero but for a few bytes, worked out by hand. 3C00 is the F16 number 1, 4000 is 2. */
class BlocksTest {
    @ParameterizedTest(name = "{0} {1}: element {2}")
    @CsvSource({
        "Q8_0, 0=00 1=40 7=FD, 5, -6",
        "Q4_0, 1=3C 6=30, 4, -8",
        "Q4_0, 1=3C 6=30, 20, -5",
        "Q4_1, 1=40 3=3C 6=30, 18, 7",
        "Q4_1, 1=40 3=3C 6=03, 2, 7",
        "Q5_0, 1=3C 4=10 10=30, 20, 3",
        "Q5_0, 1=3C 4=10 10=30, 4, -16",
        "Q5_1, 1=40 3=3C 5=02 9=01, 1, 3",
        "Q5_1, 1=40 3=3C 5=02 9=01, 9, 33",
        // Element 200 is in part 1, group 2, place 8: scale 12, pair 2 of byte 16 + 40.
        "Q2_K, 12=53 56=30 81=40 83=3C, 200, 13",
        // The same place: scale 12 is 32 + 5, its lower bits above those of 4, its upper ones in byte 104; third bit
        // present.
        "Q3_K, 8=40 72=30 100=50 104=80 109=3C, 200, 15",
        "Q3_K, 72=30 100=50 104=80 109=3C, 200, -5",
        // Element 100 is in group 3, an upper nibble; element 200 in group 6, whose scale is split.
        "Q4_K, 1=3C 3=3C 7=05 11=02 52=60, 100, 28",
        "Q4_K, 1=3C 3=3C 6=40 10=80 14=21 120=03, 200, 17",
        "Q5_K, 1=3C 3=3C 7=05 11=02 20=08 84=60, 100, 108",
        "Q6_K, 44=05 140=08 194=02 209=40, 44, 20",
        "IQ4_NL, 1=3C 6=F0, 20, 113",
        "IQ4_NL, 1=3C 6=F0, 4, -127",
        // Group 6 has the scale (2 | 3 << 4) - 32.
        "IQ4_XS, 1=3C 3=30 7=02 108=08, 196, 18",
        // 200 / 256 begins with the digits 2, 1, 0 in base 3, which stand for 1, 0 and -1.
        "TQ1_0, 5=C8 53=40, 5, 2",
        "TQ1_0, 5=C8 53=40, 69, -2",
        "TQ1_0, 39=C8 53=40, 183, 0",
        "TQ1_0, 50=C8 53=40, 246, 0",
        "TQ1_0, 50=C8 53=40, 242, 2",
        "TQ2_0, 40=20 65=40, 200, 2",
        "TQ2_0, 65=40, 200, -2",
    })
    void elementsWorkedOutByHand(DType type, String bytes, int index, double want) {
        MemorySegment s = Arena.ofAuto().allocate(type.blockBytes(), 2);
        for (String pair : bytes.split(" ")) {
            String[] p = pair.split("=");
            s.set(ValueLayout.JAVA_BYTE, Integer.parseInt(p[0]), (byte) Integer.parseInt(p[1], 16));
        }
        assertEquals(want, Blocks.get(type, s, index));
    }

    @Test
    void computeTypesHaveNoBlocks() {
        MemorySegment s = Arena.ofAuto().allocate(8);
        assertThrows(DTypeException.class, () -> Blocks.get(DType.F32, s, 0));
    }
}
