package org.einthoven.suite.bert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.einthoven.tensor.Tensor;

/**
 * The weights of a BERT in an ONNX file whose matrices were quantised to 8 bits for the whole tensor, decoded to F32 under
 * Hugging Face's names. Reads as much of ONNX (onnx.proto) as that takes.
 */
final class QuantisedOnnx {
    private static final int GRAPH = 7;
    private static final int NODE = 1;
    private static final int INITIALISER = 5;
    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    private static final int INT8 = 3;

    /**
     * @param raw values as they lie in memory
     * @param integers values that are written as variable-length integers instead
     */
    private record Initialiser(int[] shape, int type, ByteBuffer raw, List<Long> integers) {
        int count() {
            int n = 1;
            for (int d : shape) {
                n *= d;
            }
            return n;
        }

        long integer(int i) {
            return raw.limit() == 0 ? integers.get(i) : type == INT8 ? raw.get(i) : raw.get(i) & 0xff;
        }

        float real(int i) {
            return raw.order(ByteOrder.LITTLE_ENDIAN).getFloat(i * Float.BYTES);
        }
    }

    private final Map<String, Initialiser> initialisers = new HashMap<>();

    /** From the quantised matrix to the place in the model where it multiplies. */
    private final Map<String, String> places = new TreeMap<>();

    private QuantisedOnnx() {}

    static Map<String, Tensor> bert(byte[] file) {
        QuantisedOnnx onnx = new QuantisedOnnx();
        fields(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN), (number, graph) -> {
            if (number == GRAPH) {
                fields(graph, onnx::part);
            }
        });
        return onnx.weights();
    }

    private Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new TreeMap<>();
        initialisers.forEach((name, x) -> {
            if (x.type == FLOAT
                    && (name.startsWith("embeddings.") || name.startsWith("encoder."))
                    && x.shape.length > 0
                    && !name.endsWith("_scale")) {
                float[] values = new float[x.count()];
                x.raw.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
                weights.put(name, Tensor.of(values, x.shape));
            } else if (name.startsWith("embeddings.") && name.endsWith("_quantized")) {
                weights.put(name.replace("_quantized", ""), decoded(name.replace("_quantized", "")));
            }
        });
        places.forEach((matrix, place) -> weights.put(
                place + ".weight", decoded(matrix.replace("_quantized", "")).t().contiguous()));
        return weights;
    }

    private Tensor decoded(String name) {
        Initialiser q = initialisers.get(name + "_quantized");
        Initialiser scale = initialisers.get(name + "_scale");
        Initialiser zero = initialisers.get(name + "_zero_point");
        int columns = scale.count(); // 1, or one scale for each column
        float[] values = new float[q.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (q.integer(i) - zero.integer(i % columns)) * scale.real(i % columns);
        }
        return Tensor.of(values, q.shape);
    }

    private void part(int number, ByteBuffer bytes) {
        if (number == NODE) {
            node(bytes);
        } else if (number == INITIALISER) {
            initialiser(bytes);
        }
    }

    private void node(ByteBuffer bytes) {
        List<String> inputs = new ArrayList<>();
        String[] nameAndOp = new String[2];
        fields(bytes, (number, value) -> {
            switch (number) {
                case 1 -> inputs.add(text(value));
                case 3 -> nameAndOp[0] = text(value);
                case 4 -> nameAndOp[1] = text(value);
                default -> {}
            }
        });
        if ("MatMulInteger".equals(nameAndOp[1])) { // "/encoder/layer.0/attention/self/query/MatMul_quant"
            places.put(
                    inputs.get(1),
                    nameAndOp[0].substring(1).replace("/MatMul_quant", "").replace('/', '.'));
        }
    }

    private void initialiser(ByteBuffer bytes) {
        List<Integer> shape = new ArrayList<>();
        int[] type = new int[1];
        String[] name = new String[1];
        ByteBuffer[] raw = {ByteBuffer.allocate(0)};
        List<Long> integers = new ArrayList<>();
        fields(
                bytes,
                (number, value) -> {
                    switch (number) {
                        case 8 -> name[0] = text(value);
                        case 4, 9 -> raw[0] = value;
                        case 5 -> {
                            while (value.hasRemaining()) {
                                integers.add(varint(value));
                            }
                        }
                        default -> {}
                    }
                },
                (number, value) -> {
                    switch (number) {
                        case 1 -> shape.add((int) (long) value);
                        case 2 -> type[0] = (int) (long) value;
                        case 5 -> integers.add(value);
                        default -> {}
                    }
                });
        if (type[0] == FLOAT || type[0] == UINT8 || type[0] == INT8) {
            initialisers.put(
                    name[0], new Initialiser(shape.stream().mapToInt(i -> i).toArray(), type[0], raw[0], integers));
        }
    }

    // ---------------------------------------------------------------- protocol buffers

    private static void fields(ByteBuffer in, BiConsumer<Integer, ByteBuffer> bytes) {
        fields(in, bytes, (number, value) -> {});
    }

    private static void fields(
            ByteBuffer in, BiConsumer<Integer, ByteBuffer> bytes, BiConsumer<Integer, Long> numbers) {
        ByteBuffer b = in.duplicate();
        Consumer<Integer> skip = n -> b.position(b.position() + n);
        while (b.hasRemaining()) {
            long key = varint(b);
            int number = (int) (key >>> 3);
            switch ((int) key & 7) {
                case 0 -> numbers.accept(number, varint(b));
                case 1 -> skip.accept(Long.BYTES);
                case 2 -> {
                    int length = (int) varint(b);
                    bytes.accept(number, b.slice(b.position(), length));
                    skip.accept(length);
                }
                case 5 -> {
                    bytes.accept(number, b.slice(b.position(), Integer.BYTES));
                    skip.accept(Integer.BYTES);
                }
                default -> throw new IllegalArgumentException("wire type " + (key & 7));
            }
        }
    }

    private static long varint(ByteBuffer b) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte x = b.get();
            value |= (x & 0x7fL) << shift;
            if (x >= 0) {
                return value;
            }
        }
    }

    private static String text(ByteBuffer b) {
        return StandardCharsets.UTF_8.decode(b.duplicate()).toString();
    }
}
