/** Meta-learning: inner loop, MAML and its relatives, training, evaluation, baselines and their statistics. */
module org.einthoven.meta {
    requires transitive org.einthoven.models;
    requires transitive org.einthoven.data;
    requires transitive org.einthoven.autograd;
    requires commons.math3;
    requires tools.jackson.databind;

    exports org.einthoven.meta;
    exports org.einthoven.meta.baseline;
    exports org.einthoven.meta.metrics;
    exports org.einthoven.meta.metrics.text;
    exports org.einthoven.meta.report;
}
