package uk.ac.manchester.tornado.api;

import org.einthoven.gpu.emulator.EmulatorFault;
import org.einthoven.gpu.emulator.WorkItem;

/** Emulates the class of this name: where a work-item stands in its grid, its barriers and its local memory. */
public class KernelContext {
    public final int globalIdx;
    public final int globalIdy;
    public final int globalIdz;
    public final int groupIdx;
    public final int groupIdy;
    public final int groupIdz;
    public final int localIdx;
    public final int localIdy;
    public final int localIdz;
    public final int globalGroupSizeX;
    public final int globalGroupSizeY;
    public final int globalGroupSizeZ;
    public final int localGroupSizeX;
    public final int localGroupSizeY;
    public final int localGroupSizeZ;

    /** The one of the host, and of a kernel that is run as plain Java: all zeros. */
    public KernelContext() {
        this(new int[3], new int[3], new long[3], new long[3]);
    }

    public KernelContext(int[] group, int[] item, long[] local, long[] global) {
        groupIdx = group[0];
        groupIdy = group[1];
        groupIdz = group[2];
        localIdx = item[0];
        localIdy = item[1];
        localIdz = item[2];
        localGroupSizeX = (int) local[0];
        localGroupSizeY = (int) local[1];
        localGroupSizeZ = (int) local[2];
        globalGroupSizeX = (int) global[0];
        globalGroupSizeY = (int) global[1];
        globalGroupSizeZ = (int) global[2];
        globalIdx = groupIdx * localGroupSizeX + localIdx;
        globalIdy = groupIdy * localGroupSizeY + localIdy;
        globalIdz = groupIdz * localGroupSizeZ + localIdz;
    }

    /** Without a device this is nothing, as in the real one. */
    public void localBarrier() {
        WorkItem item = WorkItem.running();
        if (item != null) {
            item.barrier();
        }
    }

    /** Kernels of this house pass nothing through global memory within a launch. */
    public void globalBarrier() {
        throw new EmulatorFault("globalBarrier: not emulated; use two tasks");
    }

    public float[] allocateFloatLocalArray(int size) {
        WorkItem item = WorkItem.running();
        return item == null ? new float[size] : item.localFloats(size);
    }

    public int[] allocateIntLocalArray(int size) {
        WorkItem item = WorkItem.running();
        return item == null ? new int[size] : item.localInts(size);
    }
}
