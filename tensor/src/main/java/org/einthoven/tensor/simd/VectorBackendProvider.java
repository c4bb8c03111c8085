package org.einthoven.tensor.simd;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.Backend;
import org.einthoven.tensor.backend.BackendProvider;

/**
 * The Vector API backend, where vectors are registers. Where the JVM lacks what makes them so, each one is an object and each
 * step of a kernel a call, hundreds of times slower than the scalar reference: then it is not available, and says why.
 */
public final class VectorBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return "simd";
    }

    @Override
    public int rank() {
        return 10;
    }

    @Override
    public Availability available() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return Availability.no(
                    "the module jdk.incubator.vector is not loaded",
                    "Start java with --add-modules jdk.incubator.vector, or run on the module path.");
        }
        if (!optimisingCompiler(System.getProperty("java.vm.info", ""))) {
            return Availability.no(
                    "the optimising compiler C2 is off (" + System.getProperty("java.vm.info") + ")",
                    "Start java without -Xint and without -XX:TieredStopAtLevel.");
        }
        if (!fusedMultiplyAdd()) {
            return Availability.no(
                    "the JVM has no instruction for a fused multiply-add (UseFMA is false)",
                    "It takes an x86 processor with FMA3 (most since 2013) or ARM, and java without -XX:UseAVX=0 and -XX:-UseFMA.");
        }
        return VectorBackend.availability();
    }

    /** Whether C2 compiles what is hot, by what {@code java -version} prints in its last brackets. */
    static boolean optimisingCompiler(String vmInfo) {
        return !vmInfo.contains("interpreted mode") && !vmInfo.contains("emulated-client");
    }

    /** Asked of the JVM, since a measurement may be disturbed; a JVM that has no such option is taken to have the instruction. */
    private static boolean fusedMultiplyAdd() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return jvm == null || Boolean.parseBoolean(jvm.getVMOption("UseFMA").getValue());
        } catch (IllegalArgumentException noSuchOption) {
            return true;
        }
    }

    @Override
    public Backend create() {
        return new VectorBackend();
    }
}
