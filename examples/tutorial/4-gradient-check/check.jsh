expect("sin at 1", () -> numericSlope(Math::sin, 1), Math.cos(1), 1e-9)
expect("exp at 0.5", () -> numericSlope(Math::exp, 0.5), Math.exp(0.5), 1e-9)
expect("log at 2", () -> numericSlope(Math::log, 2), 0.5, 1e-9)
expect("x^3 at -1", () -> numericSlope(x -> x * x * x, -1), 3, 1e-9)
