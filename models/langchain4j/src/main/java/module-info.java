/** Language models of Einthoven as chat models of LangChain4j. Nothing else of the house knows of it. */
module org.einthoven.langchain4j {
    requires transitive org.einthoven.models;
    requires transitive langchain4j.core;

    exports org.einthoven.langchain4j;
}
