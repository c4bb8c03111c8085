/** ECG records and their formats, preparation for the encoder, ECG-QA items, few-shot episodes, and a synthesiser. */
module org.einthoven.data {
    requires transitive org.einthoven.tensor;
    requires tools.jackson.databind;
    requires org.apache.commons.csv;

    exports org.einthoven.data;
    exports org.einthoven.data.ecg;
    exports org.einthoven.data.wfdb;
    exports org.einthoven.data.mat;
    exports org.einthoven.data.qa;
    exports org.einthoven.data.ptbxl;
    exports org.einthoven.data.check;
    exports org.einthoven.data.episodes;
    exports org.einthoven.data.synthetic;
}
