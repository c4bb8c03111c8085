package org.einthoven.data.episodes;

/** What must not stand on both sides of a strict split. Patients never do, whichever is chosen. */
public enum Split {
    /** Template together with attribute. */
    KEY,
    /** Concepts: an attribute and everything that is a form, a part or a wording of it. */
    ATTRIBUTE,
    /** Groups of concepts: {@code noise} with all its kinds. One of them can be named, which is then left out of training. */
    GROUP,
    /** Nothing but the patients. */
    PATIENT,
    /** Nothing but the patients either, divided by the folds that PTB-XL is published with. */
    STRAT_FOLD,
    /** Nothing but the patients, divided by the lists of ECGs that ECG-QA is published with. */
    PUBLISHED,
    /** Question templates. */
    TEMPLATE
}
