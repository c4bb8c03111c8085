package org.einthoven.gpu.device;

import java.util.Locale;
import org.einthoven.tensor.TensorException;

/**
 * What may be allocated on the device: TornadoVM's own limit (property {@code tornado.device.memory}, 4 GB when it is not set)
 * or the device's memory, whichever is less. Asked before anything is uploaded.
 */
public final class DeviceMemory {
    private final long limit;
    private long used;

    DeviceMemory(long limit) {
        this.limit = limit;
    }

    /** {@code setting} is the property's value, such as "4GB" or "512MB", or null. */
    static DeviceMemory of(String setting, long device) {
        return new DeviceMemory(Math.min(device, setting == null ? 4L << 30 : parsed(setting)));
    }

    private static long parsed(String setting) {
        String s = setting.strip().toUpperCase(Locale.ROOT);
        int shift = s.endsWith("GB") ? 30 : s.endsWith("MB") ? 20 : s.endsWith("KB") ? 10 : 0;
        try {
            return Long.parseLong(s.replaceAll("[KMG]?B$", "")) << shift;
        } catch (NumberFormatException e) {
            throw new TensorException("tornado.device.memory is '" + setting + "'; write it as 4GB or 512MB");
        }
    }

    synchronized boolean fits(long bytes) {
        return used + bytes <= limit;
    }

    /** @throws TensorException when that much is not free, before anything was moved */
    synchronized void take(long bytes, String what) {
        require(bytes, what);
        used += bytes;
    }

    /** As {@link #take}, without taking it: for what is to be known before weights are copied. */
    synchronized void require(long bytes, String what) {
        if (!fits(bytes)) {
            throw new TensorException(
                    what + " needs " + bytes + " bytes on the device, of which " + used + " of " + limit
                            + " are taken; set -Dtornado.device.memory to more (as in 8GB) if the device has it, or take a"
                            + " smaller model or batch");
        }
    }

    synchronized void give(long bytes) {
        used -= bytes;
    }

    /** Bytes taken now. */
    public synchronized long used() {
        return used;
    }
}
