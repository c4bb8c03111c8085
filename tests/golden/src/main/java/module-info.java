/** Runner for folders of reference numbers, with a small embedded set. */
module org.einthoven.golden {}
