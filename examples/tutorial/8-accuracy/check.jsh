expect("one way: the majority is always right", () -> majorityTokenAccuracy(1), 1, 1e-12)
expect("two ways", () -> majorityTokenAccuracy(2), 0.875, 1e-12)
expect("five ways, the 84.4 % of the lesson", () -> majorityTokenAccuracy(5), 0.84375, 1e-12)
expect("a thousand ways: hardly more than a coin and the mark", () -> majorityTokenAccuracy(1000), 0.75630625, 1e-6)
