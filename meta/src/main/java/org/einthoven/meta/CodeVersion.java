package org.einthoven.meta;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of this code, which the build writes beside the classes: the same on the module path and the class path. */
final class CodeVersion {
    private CodeVersion() {}

    static String current() {
        try (InputStream in = CodeVersion.class.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the version of this code: " + e.getMessage(), e);
        }
    }
}
