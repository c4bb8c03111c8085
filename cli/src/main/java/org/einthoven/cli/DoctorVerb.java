package org.einthoven.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.Workers;
import org.einthoven.tensor.backend.Availability;
import org.einthoven.tensor.backend.BackendProvider;
import org.einthoven.tensor.backend.Backends;
import picocli.CommandLine.Command;

/** What this machine offers, what is used of it and why, and the remedy for what is missing. */
@Command(name = "doctor", description = "JDK, vector width, backend and why, memory, GPU: each with its remedy")
final class DoctorVerb extends Verb {
    /** One thing that was looked at. */
    private record Finding(String name, boolean ok, String value, String remedy) {}

    @Override
    Result result() {
        List<Finding> findings = new ArrayList<>();
        String version = Runtime.version().toString();
        findings.add(new Finding(
                "jdk",
                Runtime.version().feature() >= 25,
                version + ", " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.home"),
                "install a JDK 25"));
        findings.add(cores());
        findings.add(memory());
        String current = Backends.current().name();
        for (BackendProvider p : Backends.providers()) {
            Availability a = p.available();
            String used = p.name().equals(current) ? " (in use)" : "";
            findings.add(new Finding("backend " + p.name(), a.ok(), a.reason() + used, a.remedy()));
        }
        return report(findings, current);
    }

    private static Finding cores() {
        int n = Runtime.getRuntime().availableProcessors();
        return new Finding("threads", true, Workers.threads() + " of " + n + " processors", "");
    }

    private static Finding memory() {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        // The full-size encoder holds 362 MB of F32 weights, and as much again while they are read.
        boolean ok = heap >= 1024;
        return new Finding("memory", ok, heap + " MB of heap at most", ok ? "" : "set EINTHOVEN_JAVA_OPTS=-Xmx2g");
    }

    private Result report(List<Finding> findings, String backend) {
        Result r = new Result();
        Map<String, Object> checks = new LinkedHashMap<>();
        for (Finding f : findings) {
            r.line("%-4s %-20s %s", f.ok() ? "ok" : "--", f.name(), f.value());
            if (!f.ok() && !f.remedy().isEmpty()) {
                r.line("%26s%s", "", f.remedy());
            }
            checks.put(f.name(), Map.of("ok", f.ok(), "value", f.value(), "remedy", f.ok() ? "" : f.remedy()));
        }
        return r.put("jdk", Runtime.version().toString())
                .put(
                        "vector",
                        findings.stream()
                                .filter(f -> f.name().equals("backend simd"))
                                .map(Finding::value)
                                .findFirst()
                                .orElse(""))
                .put("backend", backend)
                .put("memory_mb", Runtime.getRuntime().maxMemory() >> 20)
                .put("checks", checks);
    }
}
