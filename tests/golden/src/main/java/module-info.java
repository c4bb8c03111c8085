/** Runner for folders of reference numbers, with a small embedded set. */
module org.einthoven.golden {
    requires transitive org.einthoven.autograd;
    requires org.einthoven.models;
    requires org.einthoven.meta;
    requires tools.jackson.databind;

    exports org.einthoven.golden;
}
