package org.einthoven.cli;

import java.util.Locale;

/** The rules by which tasks are cut, learnt and judged. */
enum Protocol {
    SEED,
    STRICT;

    /** As options and reports name it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
