/** A kit to check operations and the laws that tensors obey, for jqwik and JUnit 5. */
module org.einthoven.verify {
    requires transitive net.jqwik.api;
    requires transitive org.einthoven.tensor;

    exports org.einthoven.verify;
}
