package org.einthoven.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.einthoven.models.io.StrictJson;
import org.einthoven.models.text.Tokenizer;
import org.einthoven.models.text.Tokenizers;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Text to token ids, and back. */
@Command(name = "tokenize", description = "text to token ids, or back")
final class TokenizeVerb extends Verb {
    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "PATH",
            description = "tokenizer.json or tokenizer.model (.gz too), a .gguf file, or a folder with one of these")
    Path path;

    @ArgGroup(multiplicity = "1")
    Input input;

    @Option(names = "--decode", description = "ids to text: --text is a list of ids, --file a list of such lists")
    boolean decode;

    /** One or the other. */
    static final class Input {
        @Option(names = "--text", required = true, paramLabel = "T", description = "the text; no BOS or EOS is added")
        @Nullable
        String text;

        @Option(names = "--file", required = true, paramLabel = "strings.json", description = "a JSON list of strings")
        @Nullable
        Path file;

        Path file() {
            return Objects.requireNonNull(file, "picocli asks for one of the two");
        }
    }

    @Override
    Result result() {
        Tokenizer tokenizer = Tokenizers.open(path);
        return decode ? decoded(tokenizer) : encoded(tokenizer);
    }

    private Result encoded(Tokenizer tokenizer) {
        if (input.text != null) {
            int[] ids = tokenizer.encode(input.text);
            return new Result().put("ids", ids).line(line(ids));
        }
        List<int[]> ids = StrictJson.read(input.file(), "strings", this::strings).stream()
                .map(tokenizer::encode)
                .toList();
        Result r = new Result().put("ids", ids);
        ids.forEach(each -> r.line(line(each)));
        return r;
    }

    private Result decoded(Tokenizer tokenizer) {
        if (input.text != null) {
            String text = tokenizer.decode(known(tokenizer, ids(input.text)));
            return new Result().put("text", text).line(text);
        }
        List<String> texts = StrictJson.read(input.file(), "ids", this::idLists).stream()
                .map(each -> tokenizer.decode(known(tokenizer, each)))
                .toList();
        Result r = new Result().put("text", texts);
        texts.forEach(r::line);
        return r;
    }

    private static String line(int[] ids) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    private static int[] ids(String text) {
        try {
            return text.isBlank() ? new int[0] : TokenIds.parse(text).ids();
        } catch (IllegalArgumentException e) {
            throw new Failure.Usage("--decode --text: " + e.getMessage());
        }
    }

    private int[] known(Tokenizer tokenizer, int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.vocabularySize()) {
                throw new Failure.BadInput(
                        path, id + " is no token of this vocabulary of " + tokenizer.vocabularySize());
            }
        }
        return ids;
    }

    private List<String> strings(JsonParser json) {
        List<String> strings = new ArrayList<>();
        StrictJson.expect(json, JsonToken.START_ARRAY, input.file().toString(), 0, "strings");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            StrictJson.expect(json, JsonToken.VALUE_STRING, input.file().toString(), 0, "[" + strings.size() + "]");
            strings.add(json.getString());
        }
        return strings;
    }

    private List<int[]> idLists(JsonParser json) {
        List<int[]> lists = new ArrayList<>();
        StrictJson.expect(json, JsonToken.START_ARRAY, input.file().toString(), 0, "ids");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String field = "[" + lists.size() + "]";
            StrictJson.expect(json, JsonToken.START_ARRAY, input.file().toString(), 0, field);
            List<Integer> ids = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                        || json.getNumberType() != JsonParser.NumberType.INT) {
                    throw new FormatException(
                            input.file().toString(), StrictJson.at(json), field, "holds something that is no token id");
                }
                ids.add(json.getIntValue());
            }
            lists.add(ids.stream().mapToInt(Integer::intValue).toArray());
        }
        return lists;
    }
}
