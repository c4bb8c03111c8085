package org.einthoven.data.episodes;

import org.einthoven.data.qa.QaItem;

/**
 * A yes/no item with everything a split looks at.
 *
 * @param attribute what it asks for, whatever the lead
 * @param form what it asks for, with the lead where the wording names one
 * @param concept the group of the attribute
 * @param unit what must not stand on both sides of the split in force
 * @param patient whose ECG it is
 */
record Asked(QaItem item, String attribute, String form, String concept, String unit, String patient) {
    boolean isYes() {
        return item.isAnswered("yes");
    }
}
