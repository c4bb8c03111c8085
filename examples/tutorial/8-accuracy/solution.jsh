double majorityTokenAccuracy(int ways) {
    double answers = 0;
    double chance = Math.pow(0.5, ways); // of k = 0 heads
    for (int k = 0; k <= ways; k++) {
        answers += chance * Math.max(k, ways - k) / ways;
        chance *= (ways - k) / (k + 1.0);
    }
    return (1 + answers) / 2;
}
