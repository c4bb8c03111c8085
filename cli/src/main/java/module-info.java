/** The command {@code einthoven}. */
module org.einthoven.cli {}
