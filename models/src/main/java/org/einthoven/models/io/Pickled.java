package org.einthoven.models.io;

import java.util.ArrayList;
import java.util.List;
import org.einthoven.tensor.Nullable;
import org.einthoven.tensor.Shape;

/**
 * What a pickle holds beside Java's own {@code null}, Boolean, Long, BigInteger, Double, String, {@code byte[]}, List and Map.
 * Nothing here is ever called or built: names of classes stay names.
 */
sealed interface Pickled {
    /** A class or function by name. */
    record Global(String module, String name) implements Pickled {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** A tuple; its identity is its own, so that it can be the key of a map whatever it holds. */
    final class Tuple implements Pickled {
        private final List<Object> items;

        Tuple(List<Object> items) {
            this.items = List.copyOf(
                    items.stream().map(i -> i == null ? None.NONE : i).toList());
        }

        List<Object> items() {
            return items;
        }
    }

    /** A key and a value that were put into an object. */
    record Pair(@Nullable Object key, @Nullable Object value) implements Pickled {}

    /** None inside a tuple. */
    enum None implements Pickled {
        NONE
    }

    /** An object of a class that is not known: its name, what it was to be made of, and what was put into it. */
    final class Foreign implements Pickled {
        private final Object type;
        private final List<Object> arguments;
        private final List<Object> contents = new ArrayList<>(0);

        Foreign(Object type, List<Object> arguments) {
            this.type = type;
            this.arguments = arguments;
        }

        Object type() {
            return type;
        }

        List<Object> arguments() {
            return arguments;
        }

        /** State, items and key-value pairs that were put in. */
        List<Object> contents() {
            return contents;
        }
    }

    /**
     * A run of elements in the file.
     *
     * @param className of torch, e.g. {@code FloatStorage}
     * @param type null when the class is not known
     * @param key name of the record that holds the bytes
     * @param first element at which a view into the record begins
     * @param count elements of the view
     * @param total elements of the record
     */
    record StorageRef(String className, @Nullable ElementType type, String key, long first, long count, long total)
            implements Pickled {}

    /**
     * A strided view of a storage. All indices were checked to lie within it.
     *
     * @param type null when it is not known
     */
    record TensorRef(StorageRef storage, @Nullable ElementType type, long offset, Shape shape, long[] strides)
            implements Pickled {}
}
