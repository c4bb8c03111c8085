package org.einthoven.tensor.backend;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Tensor;
import org.einthoven.tensor.TensorException;
import org.einthoven.tensor.op.Op;
import org.einthoven.tensor.op.Shapes;
import org.einthoven.tensor.reference.ReferenceBackend;

/** Chooses the backend, once, and says so in one log line with the reason. */
public final class Backends {
    private static final System.Logger LOG = System.getLogger("org.einthoven.tensor");
    private static final Backend REFERENCE = new ReferenceBackend();
    private static final Map<String, AtomicLong> REPORTED = new ConcurrentHashMap<>();

    private static volatile @Nullable Backend current;
    private static volatile Policy policy = Policy.REPORT;

    private Backends() {}

    /** What happens to an op that the chosen backend lacks. */
    public enum Policy {
        /** An exception that names op and backend. */
        FAIL,
        /** The reference kernel runs; counted, and logged once for each op. */
        REPORT
    }

    /** The chosen backend; chooses the best available one on first use. */
    public static Backend current() {
        Backend b = current;
        return b != null ? b : first();
    }

    /** One choice for all who ask first at once, and none after one by name. */
    private static synchronized Backend first() {
        Backend b = current;
        return b != null ? b : choose(System.getProperty("einthoven.backend", ""));
    }

    /** Chooses by name; the empty name takes the available one of the highest rank. */
    public static synchronized Backend choose(String name) {
        for (BackendProvider p : providers()) {
            if (!name.isEmpty() && !p.name().equals(name)) {
                continue;
            }
            Availability a = p.available();
            if (a.ok()) {
                LOG.log(Level.DEBUG, "backend {0}: {1}", p.name(), a.reason());
                Backend chosen = p.create();
                current = chosen;
                return chosen;
            }
            LOG.log(Level.DEBUG, "backend {0} not available: {1}. {2}", p.name(), a.reason(), a.remedy());
            if (!name.isEmpty()) {
                throw new TensorException("backend " + name + " is not available: " + a.reason() + ". " + a.remedy());
            }
        }
        if (!name.isEmpty() && !name.equals(REFERENCE.name())) {
            throw new TensorException("no backend is called '" + name + "'; there are "
                    + providers().stream().map(BackendProvider::name).toList());
        }
        current = REFERENCE;
        return REFERENCE;
    }

    /** All providers, best first. */
    public static List<BackendProvider> providers() {
        List<BackendProvider> all = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())
                .forEach(all::add);
        all.sort(Comparator.comparingInt(BackendProvider::rank).reversed().thenComparing(BackendProvider::name));
        return all;
    }

    public static void policy(Policy p) {
        policy = p;
    }

    /** The backend that computes {@code op}: the current one, or the reference as the policy says. */
    public static Backend forOp(Op op, Tensor... inputs) {
        Backend b = current();
        if (b.supports(op, inputs)) {
            return b;
        }
        String name = Shapes.name(op) + " " + inputs[0].dtype();
        if (policy == Policy.FAIL) {
            throw new TensorException(name + ": backend " + b.name() + " has no kernel for it");
        }
        if (REPORTED.computeIfAbsent(name, n -> new AtomicLong()).getAndIncrement() == 0) {
            LOG.log(Level.DEBUG, "{0}: backend {1} has no kernel, the reference computes it", name, b.name());
        }
        return REFERENCE;
    }

    /** How often the reference had to step in, by op and type. */
    public static Map<String, Long> steppedIn() {
        Map<String, Long> m = new TreeMap<>();
        REPORTED.forEach((k, v) -> m.put(k, v.get()));
        return m;
    }
}
