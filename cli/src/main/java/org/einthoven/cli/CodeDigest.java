package org.einthoven.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.einthoven.autograd.Grad;
import org.einthoven.data.EcgFiles;
import org.einthoven.meta.Maml;
import org.einthoven.models.io.WeightFiles;
import org.einthoven.tensor.Tensor;

/** SHA-256 of the code that computes: the classes of tensor, autograd, models, data, meta and of this command. */
final class CodeDigest {
    private static final List<Class<?>> ROOMS =
            List.of(Tensor.class, Grad.class, WeightFiles.class, EcgFiles.class, Maml.class, Main.class);

    private CodeDigest() {}

    /** In hexadecimal digits. */
    static String hex() {
        Digest digest = new Digest();
        ROOMS.stream().map(CodeDigest::source).distinct().sorted().forEach(source -> add(digest, source));
        return digest.hex();
    }

    private static URI source(Class<?> c) {
        CodeSource source = c.getProtectionDomain().getCodeSource();
        try {
            return source.getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new AssertionError("the JVM loaded code from what is no place: " + source, e);
        }
    }

    private static void add(Digest digest, URI source) {
        Path path = Path.of(source);
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.add(path.relativize(file).toString()).add(HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the code in " + path + ": " + e.getMessage(), e);
        }
    }
}
