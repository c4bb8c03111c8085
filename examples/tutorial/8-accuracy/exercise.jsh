double majorityTokenAccuracy(int ways) {
    return todo("k of n coins show heads with probability binomial(n, k) / 2^n; the majority is then right max(k, n - k) times");
}
