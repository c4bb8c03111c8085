package org.einthoven.gpu.device;

import java.util.Set;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * What only some of TornadoVM's backends can do; used where it is there, and nothing is missing where it is not.
 *
 * @param cudaGraphs whether the launches of a graph whose grids stay can be recorded once and replayed by one call, which saves
 *     the host's part of each launch; on the PTX and CUDA backends, where a replay has been seen to take new operands
 */
record Capabilities(boolean cudaGraphs) {
    static final Capabilities NONE = new Capabilities(false);

    private static final Set<String> CUDA = Set.of("PTX", "CUDA");

    static Capabilities of(TornadoDevice device) {
        boolean cuda = CUDA.contains(device.getTornadoVMBackend().name());
        return new Capabilities(cuda && GpuSelfTest.replaysAreRight());
    }
}
