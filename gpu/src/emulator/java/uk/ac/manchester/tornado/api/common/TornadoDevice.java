package uk.ac.manchester.tornado.api.common;

import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/** Emulates what the house asks a device. */
public interface TornadoDevice {
    String getDescription();

    String getPlatformName();

    TornadoDeviceType getDeviceType();

    long getMaxGlobalMemory();
}
