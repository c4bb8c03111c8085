package org.einthoven.gpu.emulator;

/**
 * Who read and wrote each cell of a global array during one launch. Work-items of one launch run in no order that a kernel
 * may count on, so a cell that one of them writes belongs to it alone.
 */
public final class Touches {
    private static final int SEVERAL = -1;

    private final int[] writer;
    private final int[] reader;

    public Touches(int size) {
        writer = new int[size];
        reader = new int[size];
    }

    /** Forgets everything: a launch ended. */
    public void clear() {
        java.util.Arrays.fill(writer, 0);
        java.util.Arrays.fill(reader, 0);
    }

    /** @throws EmulatorFault when another item wrote the cell, or the index is outside */
    public void read(WorkItem item, Object array, int index) {
        inside(item, array, index);
        if (writer[index] != 0 && writer[index] != item.id()) {
            throw new EmulatorFault(
                    item + " reads " + array + " at " + index + ", which another work-item of the same launch writes");
        }
        reader[index] = reader[index] == 0 || reader[index] == item.id() ? item.id() : SEVERAL;
    }

    /** @throws EmulatorFault when another item read or wrote the cell, or the index is outside */
    public void write(WorkItem item, Object array, int index) {
        inside(item, array, index);
        if (writer[index] != 0 && writer[index] != item.id() || reader[index] != 0 && reader[index] != item.id()) {
            throw new EmulatorFault(item + " writes " + array + " at " + index
                    + ", which another work-item of the same launch reads or writes");
        }
        writer[index] = item.id();
    }

    private void inside(WorkItem item, Object array, int index) {
        if (index < 0 || index >= writer.length) {
            throw new EmulatorFault(item + ": index " + index + " is outside " + array);
        }
    }
}
