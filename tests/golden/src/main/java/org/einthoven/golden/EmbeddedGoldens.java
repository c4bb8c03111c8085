package org.einthoven.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The small set of reference numbers that this module carries. Readers of weight files map them into memory and so need true
 * files: out of a jar the set is unpacked into a temporary folder, which is deleted afterwards.
 */
final class EmbeddedGoldens {
    private static final String CATALOG = "embedded/catalog.json";

    private EmbeddedGoldens() {}

    /** Lets {@code use} work on the folder that holds the set's {@code catalog.json}. */
    static <T> T with(Function<Path, T> use) {
        URL catalog = EmbeddedGoldens.class.getResource(CATALOG);
        if (catalog == null) {
            throw new IllegalStateException("this build lacks its reference numbers, " + CATALOG);
        }
        try {
            URI uri = catalog.toURI();
            return uri.getScheme().equals("jar")
                    ? unpacked(uri, use)
                    : use.apply(Path.of(uri).getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("the reference numbers cannot be unpacked: " + e.getMessage(), e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T unpacked(URI catalog, Function<Path, T> use) throws IOException {
        Path folder = Files.createTempDirectory("einthoven-goldens");
        try {
            try (FileSystem jar = FileSystems.newFileSystem(catalog, Map.of())) {
                Path inside = jar.provider().getPath(catalog).getParent();
                copy(Objects.requireNonNull(inside, "the catalog lies in a folder"), folder);
            }
            return use.apply(folder);
        } finally {
            delete(folder);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path source : walked(from)) {
            Path target = to.resolve(from.relativize(source).toString());
            if (Files.isDirectory(source)) {
                Files.createDirectories(target);
            } else {
                Files.copy(source, target);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        for (Path p : walked(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(p);
        }
    }

    private static List<Path> walked(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.toList();
        }
    }
}
