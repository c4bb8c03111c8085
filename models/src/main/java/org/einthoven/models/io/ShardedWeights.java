package org.einthoven.models.io;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.einthoven.tensor.FormatException;
import org.einthoven.tensor.Tensor;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A model split over several safetensors or torch files by a {@code *.index.json}, whose {@code weight_map} gives the file of
 * each tensor. Every shard must lie in the folder of the index, and both must name the same tensors.
 */
public final class ShardedWeights implements WeightFile {
    private final Path index;
    private final Map<String, WeightFile> byName;
    private final List<WeightFile> shards; // at least one

    private ShardedWeights(Path index, Map<String, WeightFile> byName, List<WeightFile> shards) {
        this.index = index;
        this.byName = Collections.unmodifiableMap(byName);
        this.shards = List.copyOf(shards);
    }

    public static ShardedWeights open(Path index) {
        Map<String, String> weightMap = StrictJson.read(index, "index", p -> weightMap(index, p));
        Map<String, WeightFile> shards = new LinkedHashMap<>();
        try {
            Map<String, WeightFile> byName = new LinkedHashMap<>();
            weightMap.forEach((name, shard) ->
                    byName.put(name, shards.computeIfAbsent(shard, s -> WeightFiles.shard(inside(index, name, s)))));
            sameNames(index, weightMap, byName, shards);
            return new ShardedWeights(index, byName, new ArrayList<>(shards.values()));
        } catch (RuntimeException e) {
            shards.values().forEach(WeightFile::close);
            throw e;
        }
    }

    private static Map<String, String> weightMap(Path index, JsonParser p) {
        String file = index.toString();
        StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, "index");
        Map<String, String> map = null;
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = p.currentName();
            p.nextToken();
            if (!key.equals("weight_map")) {
                p.skipChildren();
                continue;
            }
            StrictJson.expect(p, JsonToken.START_OBJECT, file, 0, "weight_map");
            map = new LinkedHashMap<>();
            while (p.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = p.currentName();
                p.nextToken();
                StrictJson.expect(p, JsonToken.VALUE_STRING, file, 0, "weight_map." + name);
                map.put(name, p.getString());
            }
        }
        if (map == null || map.isEmpty()) {
            throw new FormatException(
                    file, 0, "weight_map", "is missing or empty; it must give the file of each tensor");
        }
        return map;
    }

    private static Path inside(Path index, String tensor, String shard) {
        boolean plain = !shard.isEmpty()
                && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')
                && !shard.equals(".")
                && !shard.equals("..");
        if (!plain) {
            throw new FormatException(
                    index.toString(),
                    FormatException.WHOLE_FILE,
                    "weight_map." + tensor,
                    "\"" + shard + "\" is not the plain name of a file beside the index");
        }
        Path path = index.toAbsolutePath().resolveSibling(shard);
        if (!Files.isRegularFile(path)) {
            throw new FormatException(
                    index.toString(),
                    FormatException.WHOLE_FILE,
                    "weight_map." + tensor,
                    "the shard " + shard + " is missing; put it beside the index");
        }
        return path;
    }

    private static void sameNames(
            Path index, Map<String, String> weightMap, Map<String, WeightFile> byName, Map<String, WeightFile> shards) {
        List<String> problems = new ArrayList<>();
        byName.forEach((name, file) -> {
            if (!file.has(name)) {
                problems.add(name + " is not in " + weightMap.get(name));
            }
        });
        shards.forEach((shard, file) -> file.names().forEach(name -> {
            if (!shard.equals(weightMap.get(name))) {
                problems.add(name + " of " + shard + " is not in the index");
            }
        }));
        if (!problems.isEmpty()) {
            throw new FormatException(
                    index.toString(),
                    FormatException.WHOLE_FILE,
                    "weight_map",
                    "index and shards disagree: " + NameMap.some(problems));
        }
    }

    @Override
    public String format() {
        return shards.getFirst().format();
    }

    @Override
    public Path path() {
        return index;
    }

    @Override
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    @Override
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    @Override
    public Entry entry(String name) {
        return shard(name).entry(name);
    }

    @Override
    public Tensor tensor(String name) {
        return shard(name).tensor(name);
    }

    /** The metadata of the shards, joined; of equal keys the first counts. */
    @Override
    public Map<String, Object> metadata() {
        Map<String, Object> all = new LinkedHashMap<>();
        shards.forEach(s -> s.metadata().forEach(all::putIfAbsent));
        return Collections.unmodifiableMap(all);
    }

    @Override
    public void close() {
        shards.forEach(WeightFile::close);
    }

    private WeightFile shard(String name) {
        WeightFile s = byName.get(name);
        if (s == null) {
            throw new FormatException(
                    index.toString(),
                    FormatException.WHOLE_FILE,
                    name,
                    "there is no such tensor among the " + byName.size() + " of this model");
        }
        return s;
    }
}
