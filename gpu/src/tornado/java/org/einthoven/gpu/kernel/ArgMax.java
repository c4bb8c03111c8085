package org.einthoven.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Where the largest of n numbers is, of equals the first, in two launches: first of each piece of them, then of the pieces'.
 * 4 bytes read and a comparison an element; a place and a number leave the device. {@code shape} is {n, numbers in a piece}.
 */
public final class ArgMax {
    private ArgMax() {}

    /** places[g] = where the largest of piece g is. Grid: a group of {@link Group#ITEMS} for each piece. */
    public static void ofEachPiece(KernelContext c, FloatArray x, IntArray places, IntArray shape) {
        int width = shape.get(1);
        int end = TornadoMath.min(shape.get(0), (c.groupIdx + 1) * width);
        int place = TornadoMath.min(c.groupIdx * width + c.localIdx, end - 1);
        float best = x.get(place);
        for (int i = place + Group.ITEMS; i < end; i += Group.ITEMS) {
            float v = x.get(i);
            if (v > best) {
                best = v;
                place = i;
            }
        }
        float largest = Group.max(c, best);
        int first = Group.min(c, best < largest ? Integer.MAX_VALUE : place);
        if (c.localIdx == 0) {
            places.set(c.groupIdx, first);
        }
    }

    /** place[0] = where the largest of all pieces is, largest[0] = what it is. Grid: one group of {@link Group#ITEMS}. */
    public static void ofPieces(
            KernelContext c, FloatArray x, IntArray places, IntArray place, FloatArray largest, IntArray shape) {
        int pieces = (shape.get(0) + shape.get(1) - 1) / shape.get(1);
        int mine = TornadoMath.min(c.localIdx, pieces - 1);
        int at = places.get(mine);
        float best = x.get(at);
        for (int p = mine + Group.ITEMS; p < pieces; p += Group.ITEMS) {
            int there = places.get(p);
            float v = x.get(there);
            if (v > best) {
                best = v;
                at = there;
            }
        }
        float most = Group.max(c, best);
        int first = Group.min(c, best < most ? Integer.MAX_VALUE : at);
        if (c.localIdx == 0) {
            place.set(0, first);
            largest.set(0, most);
        }
    }
}
