package org.einthoven.meta;

import java.lang.module.ModuleDescriptor;

/** The version of this code, as its jar says. */
final class CodeVersion {
    private CodeVersion() {}

    /** {@code "unpackaged"} when it runs from class files. */
    static String current() {
        ModuleDescriptor module = CodeVersion.class.getModule().getDescriptor();
        return module == null ? "unpackaged" : module.rawVersion().orElse("unpackaged");
    }
}
