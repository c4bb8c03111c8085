// LESSON 2: BROADCASTING
//
// What is a column plus a row? A table.

Tensor column = Tensor.of(new double[] {0, 10, 20}, 3, 1)
Tensor row = Tensor.of(new double[] {1, 2}, 2)
column.add(row)

// The rule has two lines. Shapes are aligned at the end, and missing axes count as 1. Two sizes fit when they are equal or
// one of them is 1, which then stretches.
//
//     [3, 1]
//        [2]
//     ------
//     [3, 2]
//
// No number is copied for it: a stretched axis has stride 0, so the same number is read again and again.

row.expand(3, 2).layout()

// What does not fit is an error, and the error says where.

String refusal(Supplier<Tensor> f) {
    try {
        return f.get().toString();
    } catch (TensorException e) {
        return e.getMessage();
    }
}
refusal(() -> column.add(Tensor.of(new double[] {1, 2}, 2, 1)))

// The commonest use: subtract from each row its mean. `mean(true, 1)` keeps the axis, so the result [3, 1] fits beside
// [3, 2]. Without `true` it is [3], which the rule would align with the wrong axis.

Tensor table = column.add(row).square()
table.sub(table.mean(true, 1))
refusal(() -> table.sub(table.mean(false, 1)))

// On a square table nothing would have protected you. [2, 2] minus [2] always fits: here each COLUMN loses a number that
// belongs to a ROW. Broadcasting turns some mistakes into numbers, so keep the axes that you reduce.

Tensor square = Tensor.of(new double[] {1, 2, 3, 5}, 2, 2)
square.sub(square.mean(true, 1))
square.sub(square.mean(false, 1))

// `unsqueeze` adds an axis of size 1 wherever you want to stretch. All products of two vectors, with no loop:

row.unsqueeze(1).mul(row.unsqueeze(0))

// Broadcasting has a mirror image, and lesson 3 needs it: what was stretched on the way forward is summed on the way back.
// Stretch [2] to [3, 2], and each number has been used three times.

row.expand(3, 2).sumTo(row.shape())

// EXERCISE. Points a [N, D] and b [M, D]. In 2-broadcasting/exercise.jsh, give all squared distances [N, M], with no loop:
// entry (i, j) is the sum over d of (a[i, d] - b[j, d])^2. Nearest-neighbour search and prototype networks start so.
