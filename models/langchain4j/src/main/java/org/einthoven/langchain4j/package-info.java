/** Adapters to LangChain4j (docs.langchain4j.dev). */
package org.einthoven.langchain4j;
