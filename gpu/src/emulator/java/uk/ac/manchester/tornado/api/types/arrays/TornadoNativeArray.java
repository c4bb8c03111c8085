package uk.ac.manchester.tornado.api.types.arrays;

import org.einthoven.gpu.emulator.Touches;
import org.einthoven.gpu.emulator.WorkItem;

/**
 * Emulates the arrays that a kernel sees: one copy on the host, and one in each task graph's device memory. The host sees its
 * own, a kernel that of the graph it belongs to, so a transfer that was forgotten shows.
 */
public abstract class TornadoNativeArray {
    private final int size;
    private Touches touches;

    TornadoNativeArray(int size) {
        this.size = size;
    }

    public int getSize() {
        return size;
    }

    public abstract int getElementSize();

    public long getNumBytesOfSegment() {
        return (long) size * getElementSize();
    }

    /** Bytes on the device: the elements and a header of 16 bytes. */
    public long getNumBytesOfSegmentWithHeader() {
        return getNumBytesOfSegment() + 16;
    }

    /** Memory on the device, poisoned. */
    public abstract Object allocate();

    /** What kernels see from now on. */
    public abstract void bind(Object memory);

    /** What kernels see. */
    public abstract Object bound();

    /** From the host to memory of the device. */
    public abstract void upload(Object memory);

    /** From memory of the device to the host. */
    public abstract void download(Object memory);

    /** A launch begins. */
    public void forgetTouches() {
        if (touches == null) {
            touches = new Touches(size);
        } else {
            touches.clear();
        }
    }

    /** Whether a kernel reads this cell, and may. */
    final boolean readByKernel(int index) {
        WorkItem item = WorkItem.running();
        if (item != null) {
            touches.read(item, this, index);
        }
        return item != null;
    }

    /** Whether a kernel writes this cell, and may. */
    final boolean writtenByKernel(int index) {
        WorkItem item = WorkItem.running();
        if (item != null) {
            touches.write(item, this, index);
        }
        return item != null;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " of " + size + " elements";
    }
}
