package org.einthoven.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real recordings beside the checkout; a test that needs them is skipped, with the reason, where they are absent. */
public final class RealData {
    private RealData() {}

    /** The file or folder at {@code parts} of the data directory, or an aborted test. */
    public static Path at(String... parts) {
        String root = System.getProperty("einthoven.data", "../../shared/data");
        Path path = Path.of(root, parts);
        assumeTrue(Files.exists(path), () -> path + " is not there; set -Deinthoven.data to the folder of real data");
        return path;
    }
}
