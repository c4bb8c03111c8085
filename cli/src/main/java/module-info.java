/** The command {@code einthoven}. */
module org.einthoven.cli {
    requires org.einthoven.tensor;
    requires org.einthoven.autograd;
    requires org.einthoven.models;
    requires org.einthoven.data;
    requires org.einthoven.meta;
    requires org.einthoven.gpu;
    requires org.einthoven.golden;
    requires info.picocli;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;
    requires me.tongfei.progressbar;
    requires org.slf4j;
    requires java.desktop;
    requires java.management;
    requires xchart;

    opens org.einthoven.cli to
            info.picocli;
}
