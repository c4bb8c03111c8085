package org.einthoven.models.io;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real files that lie beside the checkout; a test that needs one is skipped without it. */
public final class Shared {
    private Shared() {}

    public static Path data(String path) {
        return find("einthoven.data", "../../shared/data", path);
    }

    public static Path golden(String path) {
        return find("einthoven.goldens", "../../shared/goldens", path);
    }

    private static Path find(String property, String otherwise, String path) {
        Path file = Path.of(System.getProperty(property, otherwise)).resolve(path);
        assumeTrue(Files.exists(file), () -> file + " is not here; give its folder with -D" + property);
        return file;
    }
}
