package org.einthoven.gpu.device;

import java.util.Map;
import java.util.TreeMap;

/**
 * What crossed between host and device, and what was computed where. Weights are counted apart, since they are to cross once.
 * One log for a backend; any thread may count.
 */
public final class TransferLog {
    private final Map<String, Long> onDevice = new TreeMap<>();
    private final Map<String, Long> onHost = new TreeMap<>();
    private long weights;
    private long toDevice;
    private long toHost;

    synchronized void ran(String graph, long weights, long toDevice, long toHost) {
        onDevice.merge(graph, 1L, Long::sum);
        this.weights += weights;
        this.toDevice += toDevice;
        this.toHost += toHost;
    }

    /** Results that were asked for behind a run. */
    synchronized void fetched(long toHost) {
        this.toHost += toHost;
    }

    synchronized void stayed(String op) {
        onHost.merge(op, 1L, Long::sum);
    }

    /** Bytes of weights and other constants that crossed to the device. */
    public synchronized long weightBytes() {
        return weights;
    }

    /** Bytes of operands that crossed to the device, weights not counted. */
    public synchronized long toDeviceBytes() {
        return toDevice;
    }

    /** Bytes of results that crossed to the host. */
    public synchronized long toHostBytes() {
        return toHost;
    }

    /** How often each graph ran on the device. */
    public synchronized Map<String, Long> onDevice() {
        return new TreeMap<>(onDevice);
    }

    /** How often the host computed each op that has no kernel. */
    public synchronized Map<String, Long> onHost() {
        return new TreeMap<>(onHost);
    }

    /** In one line. */
    @Override
    public synchronized String toString() {
        return "weights " + weights + " B to the device, operands " + toDevice + " B to it and " + toHost
                + " B back; on the device " + onDevice + "; on the host " + onHost;
    }
}
