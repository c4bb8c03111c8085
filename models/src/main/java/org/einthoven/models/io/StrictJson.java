package org.einthoven.models.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.einthoven.tensor.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON from outside, read as a stream: duplicate keys, deep nesting, overlong documents, strings and numbers, bad UTF-8 and
 * anything after the end are a {@link FormatException} with the byte offset.
 */
public final class StrictJson {
    /** No document may be longer, in bytes of JSON text. */
    public static final long MAX_BYTES = 100_000_000;

    /** A document that is held as a tree may have this many bytes: a tree costs up to thirty times its text. */
    public static final long MAX_TREE_BYTES = 500_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxDocumentLength(MAX_BYTES)
                    .maxStringLength(1 << 20)
                    .maxNameLength(1 << 16)
                    .maxNumberLength(64)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final JsonMapper TREE = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Reads one value, the parser standing on its first token. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(JsonParser parser);
    }

    private StrictJson() {}

    /**
     * Reads one whole document.
     *
     * @param file name of the file, for errors
     * @param base byte offset of the document in the file
     * @param field what the document is, for errors
     */
    public static <T> T read(String file, long base, String field, InputStream in, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
            if (parser.nextToken() == null) {
                throw new FormatException(file, base, field, "is empty; JSON is expected");
            }
            T value = reading.read(parser);
            if (parser.nextToken() != null) {
                throw new FormatException(file, base + at(parser), field, "goes on after its end");
            }
            return value;
        } catch (JacksonException e) {
            TokenStreamLocation where = e.getLocation();
            long offset = where == null ? 0 : Math.max(0, where.getByteOffset());
            throw new FormatException(file, base + offset, field, "is not valid JSON: " + problem(e), e);
        }
    }

    /** Reads a file, unpacking gzip where the content is gzip. */
    public static <T> T read(Path file, String field, Reading<T> reading) {
        try (InputStream in = open(file)) {
            return read(file.toString(), 0, field, in, reading);
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }

    /** A small document, such as a model's configuration, as a tree. */
    public static JsonNode tree(Path file, String field) {
        try (InputStream in = open(file)) {
            byte[] text = in.readNBytes((int) MAX_TREE_BYTES + 1);
            if (text.length > MAX_TREE_BYTES) {
                throw new FormatException(
                        file.toString(),
                        MAX_TREE_BYTES,
                        field,
                        "is longer than the " + MAX_TREE_BYTES + " bytes allowed; is it the right file?");
            }
            return TREE.readTree(text);
        } catch (JacksonException e) {
            TokenStreamLocation where = e.getLocation();
            long offset = where == null ? 0 : Math.max(0, where.getByteOffset());
            throw new FormatException(file.toString(), offset, field, "is not valid JSON: " + problem(e), e);
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }

    /**
     * The value that the parser stands on as a tree, for the small parts of a large document.
     *
     * @throws FormatException when it has more than 100,000 values
     */
    public static JsonNode smallTree(JsonParser parser, String file, String field) {
        return new SmallTree(parser, file, field).value();
    }

    /** What the parser says, without the names of its own settings and a place that it does not know. */
    private static String problem(JacksonException e) {
        return e.getOriginalMessage().replaceAll(" \\(start marker at \\[.*?]\\)|, from `[^`]*`", "");
    }

    /** Byte offset of the parser in its document. */
    public static long at(JsonParser parser) {
        return Math.max(0, parser.currentLocation().getByteOffset());
    }

    /** Checks that the parser stands on {@code token}. */
    public static void expect(JsonParser parser, JsonToken token, String file, long base, String field) {
        if (parser.currentToken() != token) {
            throw new FormatException(
                    file,
                    base + at(parser),
                    field,
                    "must be " + english(token) + ", not " + english(parser.currentToken()));
        }
    }

    private static String english(JsonToken token) {
        return switch (token) {
            case null -> "nothing";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "the end of a list or object";
        };
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static final class SmallTree {
        private static final int MAX_VALUES = 100_000;

        private final JsonParser parser;
        private final String file;
        private final String field;
        private int values;

        SmallTree(JsonParser parser, String file, String field) {
            this.parser = parser;
            this.file = file;
            this.field = field;
        }

        JsonNode value() {
            if (++values > MAX_VALUES) {
                throw new FormatException(file, at(parser), field, "has more than " + MAX_VALUES + " values");
            }
            JsonNodeFactory make = JsonNodeFactory.instance;
            return switch (parser.currentToken()) {
                case START_OBJECT -> {
                    ObjectNode object = make.objectNode();
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        String key = parser.currentName();
                        parser.nextToken();
                        object.set(key, value());
                    }
                    yield object;
                }
                case START_ARRAY -> {
                    ArrayNode array = make.arrayNode();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        array.add(value());
                    }
                    yield array;
                }
                case VALUE_STRING -> make.stringNode(parser.getString());
                case VALUE_NUMBER_INT -> make.numberNode(parser.getLongValue());
                case VALUE_NUMBER_FLOAT -> make.numberNode(parser.getDoubleValue());
                case VALUE_TRUE, VALUE_FALSE -> make.booleanNode(parser.getBooleanValue());
                default -> make.nullNode();
            };
        }
    }
}
