// LESSON 1: THE TENSOR
//
// A tensor is numbers and a shape. Two leads of an ECG, four samples each, in millivolts:

Tensor ecg = Tensor.of(new double[] {0.1, 0.9, -0.2, 0.0, 0.2, 1.4, -0.1, 0.1}, 2, 4)
ecg

// The last axis runs fastest: the first four numbers are the first row. The shape counts from the outside in, and so do
// axes: axis 0 is the lead, axis 1 is time. Axes may be counted from the end too: -1 is the last.

ecg.shape()
ecg.dim(-1)
ecg.select(0, 1)
ecg.slice(1, 0, 2)

// Operations go element by element, and make a new tensor. Nothing ever changes the old one: that is why a derivative can
// later look back at every value on the way.

ecg.mul(1000)
ecg.get(0, 1)

// Sums take axes away. `sum(false, 1)` removes axis 1; `sum(true, 1)` keeps it with size 1.

ecg.sum()
ecg.sum(false, 1)
ecg.mean(true, 1)

// Turning, slicing and reshaping move no numbers. A tensor is a way of reading memory: for each axis a stride, that is, how
// far apart two neighbours lie. The transpose swaps the strides and shares the storage.

ecg.layout()
ecg.t().layout()
ecg.t().storage() == ecg.storage()

// Each tensor has one element type: F64 and F32 for numbers, I32 for counts and indices, BOOL for answers. They are never
// mixed in silence.

Tensor tall = ecg.gt(0.5)
tall
tall.cast(DType.F64).sum()

// EXERCISE. Willem Einthoven measured between the right arm, the left arm and the left leg. Leads I and II determine the
// other four limb leads at every instant:
//
//     III = II - I      aVR = -(I + II) / 2      aVL = I - II / 2      aVF = II - I / 2
//
// In 1-tensor/exercise.jsh, make of leads I and II [2, T] all six [6, T], in the order I, II, III, aVR, aVL, aVF.
