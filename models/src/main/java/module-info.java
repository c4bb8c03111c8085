/** Layers, the ECG encoder, language models, their fusion, tokenizers and weight formats. */
module org.einthoven.models {
    requires transitive org.einthoven.tensor;
    requires transitive org.einthoven.autograd;
    requires transitive tools.jackson.databind;

    exports org.einthoven.models.ecg;
    exports org.einthoven.models.fusion;
    exports org.einthoven.models.io;
    exports org.einthoven.models.llm;
    exports org.einthoven.models.nn;
    exports org.einthoven.models.text;
}
