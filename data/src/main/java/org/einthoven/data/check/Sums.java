package org.einthoven.data.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The list of SHA-256 sums that PhysioNet publishes with a data set, where it was copied along. */
final class Sums {
    private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{64})\\s+\\*?([^\\s\\x00][^\\x00]*?)\\s*");
    private static final int BLOCK = 1 << 16;

    private Sums() {}

    static void check(Path folder, Findings findings, LocalCopy.Watch watch) {
        Optional<Path> list = Stream.of("SHA256SUMS.txt", "SHA256SUMS")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
        if (list.isEmpty()) {
            findings.note("no SHA256SUMS.txt, so files were not compared with the published sums; copy it along");
            return;
        }
        List<String> lines = lines(list.get());
        long named = lines.stream().filter(line -> !line.isBlank()).count();
        long agree = 0;
        long lacking = 0;
        String first = "";
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            Matcher line = LINE.matcher(lines.get(i));
            if (!line.matches()) {
                findings.damaged(list.get().getFileName() + ", line " + (i + 1) + ": is no sum and file");
                continue;
            }
            Path file = folder.resolve(line.group(2)).normalize();
            if (!file.startsWith(folder.normalize())) {
                findings.damaged(list.get().getFileName() + ", line " + (i + 1) + ": leads out of the folder");
            } else if (!Files.isRegularFile(file)) {
                first = lacking++ == 0 ? line.group(2) : first;
            } else if (!Files.isReadable(file)) {
                findings.damaged(line.group(2) + ": cannot be read; check its permissions");
            } else if (sum(file).equals(line.group(1).toLowerCase(Locale.ROOT))) {
                agree++;
            } else {
                findings.damaged(line.group(2) + ": its SHA-256 sum is not the published one; copy it again");
            }
            watch.at("checksums", i + 1, lines.size());
        }
        findings.count("files with the published sum", agree);
        if (lacking > 0) {
            findings.missing(
                    lacking + " of " + named + " files of " + list.get().getFileName() + ", the first " + first);
        }
    }

    private static List<String> lines(Path list) {
        try (InputStream in = Files.newInputStream(list)) { // what is no UTF-8 becomes a name that no file has
            return new InputStreamReader(in, StandardCharsets.UTF_8).readAllLines();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + list + ": " + e, e);
        }
    }

    private static String sum(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
