package org.einthoven.data.wfdb;

/** What a stored checksum or first value that disagrees with the samples means. */
public enum Checksums {
    /** The record is read, and its warnings say which leads disagree. */
    WARN,
    /** The record is refused. */
    REQUIRE
}
