package org.einthoven.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** A JSON list of file names, as the reference's data release holds one of the MIMIC-IV-ECGs it was tested on. */
final class FileList {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2)
                    .maxStringLength(256)
                    .build())
            .build();

    private FileList() {}

    static List<String> read(Path file) {
        List<String> names = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw bad(file, json, "must be a JSON list of file names, such as [\"40000035.mat\"]");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.VALUE_STRING) {
                    throw bad(file, json, "entry " + names.size() + " is no file name");
                }
                names.add(json.getString());
            }
            return names;
        } catch (JacksonException e) {
            throw new FormatException(
                    file.toString(),
                    FormatException.WHOLE_FILE,
                    "JSON",
                    e.getOriginalMessage().replaceAll("\\s+", " "),
                    e);
        } catch (IOException e) {
            throw new FormatException(file.toString(), FormatException.WHOLE_FILE, "file", "cannot be read: " + e, e);
        }
    }

    private static FormatException bad(Path file, JsonParser json, String problem) {
        return new FormatException(file.toString(), json.currentTokenLocation().getByteOffset(), "list", problem);
    }
}
