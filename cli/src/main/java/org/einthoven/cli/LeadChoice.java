package org.einthoven.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.einthoven.data.ecg.Lead;
import org.einthoven.tensor.Nullable;

/** What {@code --leads} says: the leads that are read. */
final class LeadChoice {
    private LeadChoice() {}

    /** @param names as given; null for all twelve */
    static Set<Lead> of(@Nullable List<String> names) {
        if (names == null) {
            return EnumSet.allOf(Lead.class);
        }
        Set<Lead> leads = EnumSet.noneOf(Lead.class);
        for (String name : names) {
            leads.add(Lead.named(name)
                    .orElseThrow(() -> new Failure.Usage("--leads: '" + name + "' is no standard lead; there are "
                            + String.join(",", Lead.labels()))));
        }
        if (leads.isEmpty()) {
            throw new Failure.Usage("--leads: names none; there are " + String.join(",", Lead.labels()));
        }
        return leads;
    }
}
