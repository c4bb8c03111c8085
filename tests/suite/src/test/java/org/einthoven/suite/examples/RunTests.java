package org.einthoven.suite.examples;

import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the test classes named on the command line and prints PASSED or FAILED for each test, with what was reported. */
final class RunTests implements TestExecutionListener {
    private RunTests() {}

    public static void main(String[] classes) {
        List<? extends DiscoverySelector> selectors =
                Stream.of(classes).map(DiscoverySelectors::selectClass).toList();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectors)
                                .configurationParameter("jqwik.reporting.onlyfailures", "true")
                                .build(),
                        new RunTests());
    }

    @Override
    public void executionFinished(TestIdentifier id, TestExecutionResult result) {
        String name = id.getSource().map(RunTests::name).orElse(id.getDisplayName());
        if (id.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            System.out.println("PASSED " + name);
        } else if (id.isTest() || result.getThrowable().isPresent()) {
            System.out.println("FAILED " + name + ": "
                    + result.getThrowable().map(Throwable::getMessage).orElse("no reason"));
        }
    }

    /** {@code LogCoshTest.repeats}: the class that was run, also for a test that it inherits. */
    private static String name(TestSource source) {
        return source instanceof MethodSource method
                ? method.getJavaClass().getSimpleName() + "." + method.getMethodName()
                : source.toString();
    }

    @Override
    public void reportingEntryPublished(TestIdentifier id, ReportEntry entry) {
        entry.getKeyValuePairs().values().forEach(System.out::println);
    }
}
