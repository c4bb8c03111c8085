package org.einthoven.bench.llm;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who races.
 *
 * @param label in the table
 * @param engine one of the four names
 * @param place a folder: of llama.cpp's shared libraries, or of llama3.java's classes
 */
record Contender(String label, String engine, Optional<Path> place) {
    static final String OURS = "einthoven";

    /** Ours with a second copy of the weights, as {@code generate --repack}: a mode that holds them twice. */
    static final String REPACKED = "einthoven, repacked (weights held twice)";

    static final String LLAMA_CPP = "llama.cpp";
    static final String LLAMA3_JAVA = "llama3.java";

    /**
     * Ours, ours repacked where the file has weights for it, and the peers that are there: llama.cpp of the jar where it is on
     * the class path, and what the properties name, {@code -Dllama.cpp=FOLDER[:FOLDER]...} and {@code -Dllama3.java=FOLDER}.
     */
    static List<Contender> all(boolean repacks) {
        List<Contender> all = new ArrayList<>(List.of(new Contender(OURS, OURS, Optional.empty())));
        if (repacks) {
            all.add(new Contender(REPACKED, REPACKED, Optional.empty()));
        }
        for (String folder : property(LLAMA_CPP)) {
            Path place = Path.of(folder);
            all.add(new Contender(LLAMA_CPP + " " + place.getFileName(), LLAMA_CPP, Optional.of(place)));
        }
        if (LlamaCpp.isInJar()) {
            all.add(new Contender(LLAMA_CPP + " in de.kherud:llama", LLAMA_CPP, Optional.empty()));
        }
        property(LLAMA3_JAVA).forEach(f -> all.add(new Contender(LLAMA3_JAVA, LLAMA3_JAVA, Optional.of(Path.of(f)))));
        return all;
    }

    /** Whether it is ours, in one of its modes. */
    boolean isOurs() {
        return engine.equals(OURS) || engine.equals(REPACKED);
    }

    private static List<String> property(String name) {
        String value = System.getProperty(name, "");
        return value.isEmpty() ? List.of() : List.of(value.split(File.pathSeparator));
    }

    /** The command of its process, which has this JVM's class path. */
    List<String> command(Path file, int threads) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx3g"));
        String classPath = System.getProperty("java.class.path");
        if (engine.equals(LLAMA3_JAVA)) {
            command.add("--enable-preview");
            command.add("-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + (threads - 1)); // beside the caller
            classPath += File.pathSeparator + place.orElseThrow();
        }
        command.addAll(List.of(
                "-cp", classPath, EngineServer.class.getName(), engine, file.toString(), String.valueOf(threads)));
        place.ifPresent(p -> command.add(p.toString()));
        return command;
    }
}
