// LESSON 8: HOW 84 % ACCURACY CAN MEAN NOTHING
//
// A few-shot system answers yes-or-no questions about ECGs. Each episode brings five kinds of question; for each, five
// solved examples, and five new ECGs to be judged. The score is 84.6 %. Impressive?
//
// First look at the ruler. Suppose that the score counts tokens, as the published code of one such system does. An answer is
// two of them: a mark for its beginning, always the same, then yes or no. The mark counts. Whoever predicts the mark, and
// nothing else, has 50 %. If the mark is always right, a token accuracy of a means that 2 a - 1 of the ANSWERS are right:

double answersRight(double tokenAccuracy) {
    return 2 * tokenAccuracy - 1;
}
answersRight(0.846)
answersRight(0.5)

// 69 %. Still better than a coin? Look at the tasks. In this protocol a kind of question and its answer are one class: "is
// there atrial fibrillation? yes" and "... no" are two. So within an episode, each of the five kinds has ONE answer, the same
// in its examples and in its tests. Suppose each is yes or no by a fair coin. Here is an answerer that sees neither the
// question nor the ECG: it gives every test the commoner answer of the episode.

double majority(Rng rng, int ways) {
    int yes = 0;
    for (boolean answer : rng.uniform(ways).gt(0.5).toBooleans()) {
        yes += answer ? 1 : 0;
    }
    return Math.max(yes, ways - yes) / (double) ways;
}
double mean = 0
for (int episode = 0; episode < 10_000; episode++) {
    mean += majority(Rng.of(222).split(episode), 5) / 10_000;
}
mean
(1 + mean) / 2

// 84.4 % of the tokens, with both eyes shut. One coin in five rarely splits evenly, and here it cannot: of five answers at
// least three agree. Exactly: the mean of max(k, 5 - k) / 5 over k heads of five coins is 0.6875, which makes 0.84375.
//
// And an answerer that reads the question, but not the ECG, does better yet. The five examples of a kind all have its one
// answer, so it copies that. Its score is perfect, and it has never seen a heart.

Tensor answer = Rng.of(1).uniform(5, 1).gt(0.5)
Tensor tests = answer.expand(5, 5)
Tensor copied = answer.expand(5, 5)
copied.eq(tests).cast(DType.F64).mean()

// So 84.6 % is a number about the task as much as about the system. The remedy is not a better system but a better question:
// tasks in which every kind is asked with both answers, equally often, and every ECG is asked one question whose answer is
// yes and one whose answer is no. Then neither the question alone nor the ECG alone says anything. For N kinds:

double crossedMajority(Rng rng, int ways) {
    boolean[] yes = new boolean[2 * ways];
    for (int i = 0; i < yes.length; i++) {
        yes[i] = i % 2 == 0; // each kind once with yes, once with no
    }
    boolean guess = rng.uniform(1).get(0) > 0.5; // no answer is commoner than the other
    int right = 0;
    for (boolean answer : yes) {
        right += answer == guess ? 1 : 0;
    }
    return right / (double) yes.length;
}
crossedMajority(Rng.of(4), 5)

// Now one half means "knows nothing" and no trick can lift it. Three habits to keep. Print the majority answerer and the
// blind ones beside every result. Count answers, not tokens. Ask what a score would be if the input were taken away.
//
// (84.6 % is what a paper of 2025 reports for five-way tasks. Whether its own program counted the mark is not known.)
//
// EXERCISE. In 8-accuracy/exercise.jsh, compute exactly, with no simulation, what the majority answerer scores in TOKENS when
// an episode has so many ways.
