package org.einthoven.verify;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The outcome of a test class that is meant to fail.
 *
 * @param failures from the test's name to its message; empty for those that passed
 * @param printed all that the engines reported
 */
record TestRun(Map<String, String> failures, String printed) {
    /** @param engine {@code junit-jupiter} or {@code jqwik} */
    static TestRun of(String engine, Class<?> test) {
        Map<String, String> failures = new TreeMap<>();
        StringBuilder printed = new StringBuilder();
        TestExecutionListener listener = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier id, TestExecutionResult result) {
                if (id.isTest()) {
                    failures.put(
                            id.getDisplayName().replace("()", ""),
                            result.getThrowable().map(Throwable::getMessage).orElse(""));
                }
            }

            @Override
            public void reportingEntryPublished(TestIdentifier id, ReportEntry entry) {
                entry.getKeyValuePairs().values().forEach(printed::append);
            }
        };
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(test))
                                .filters(EngineFilter.includeEngines(engine))
                                .configurationParameter("jqwik.database", "")
                                .configurationParameter("jqwik.reporting.onlyfailures", "true")
                                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                                .build(),
                        listener);
        return new TestRun(failures, printed.toString());
    }
}
