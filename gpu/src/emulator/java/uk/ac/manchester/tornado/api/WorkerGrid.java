package uk.ac.manchester.tornado.api;

/** Emulates the type of this name: work-items and group sizes along x, y, z. */
public interface WorkerGrid {
    long[] getGlobalWork();

    long[] getLocalWork();

    void setGlobalWork(long x, long y, long z);

    void setLocalWork(long x, long y, long z);
}
