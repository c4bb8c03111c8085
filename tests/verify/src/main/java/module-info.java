/**
 * The kit to verify operations and their gradients: cases, laws, and a contract for JUnit 5. The jqwik domain needs jqwik;
 * all else does without.
 */
module org.einthoven.verify {
    requires transitive org.einthoven.autograd;
    requires transitive org.einthoven.tensor;
    requires transitive org.junit.jupiter.api;
    requires static transitive net.jqwik.api;

    exports org.einthoven.verify;
    exports org.einthoven.verify.hyperdual;
}
