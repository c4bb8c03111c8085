expect("the six limb leads of the lesson's ECG", () -> limbLeads(ecg), Tensor.of(new double[] {
    0.1, 0.9, -0.2, 0, 0.2, 1.4, -0.1, 0.1, 0.1, 0.5, 0.1, 0.1,
    -0.15, -1.15, 0.15, -0.05, 0, 0.2, -0.15, -0.05, 0.15, 0.95, 0, 0.1}, 6, 4), 1e-12)
expect("I + III = II, Einthoven's law, for any ECG", () -> {
    Tensor leads = limbLeads(Rng.of(1895).normal64(2, 7));
    return leads.select(0, 0).add(leads.select(0, 2)).sub(leads.select(0, 1));
}, Tensor.zeros(DType.F64, 7), 1e-12)
