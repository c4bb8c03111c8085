package org.einthoven.gpu.device;

/**
 * Options of TornadoVM that have to be other than its own defaults; it reads them when its classes are loaded, so they are set
 * before. What the user sets stays.
 */
final class TornadoSettings {
    /** Bytes of TornadoVM's own code for a graph, about 100 a task: 4096 unless set, which is too few for a language model. */
    private static final String CODE_SIZE = "tornado.tvm.maxbytecodesize";

    /**
     * Whether the CUDA backend locks the pages of host arrays. Small arrays share pages, and freed ones leave theirs locked, so
     * that a copy of an array that lies half in such a page fails.
     */
    static final String PINNING = "tornado.cuda.host.pinning";

    private TornadoSettings() {}

    static void apply() {
        setUnlessGiven(CODE_SIZE, "131072");
        setUnlessGiven(PINNING, "false");
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
