// LESSON 7: LEARNING TO LEARN
//
// Someone shows you five points of a sine wave whose height and shift you do not know. You can guess the rest, since you
// have seen sine waves. A fresh net cannot: five points fit anything. Model-agnostic meta-learning (Finn, Abbeel and Levine,
// ICML 2017, arXiv 1703.03400) trains a net on many waves so that ONE step of gradient descent on a few points of a new one
// is enough. This lesson builds it and draws figure 2 of the paper.
//
// The net of the paper: 1-40-40-1 with ReLU.

Params fresh(Rng rng) {
    Map<String, Tensor> p = new HashMap<>();
    int[] width = {1, 40, 40, 1};
    for (int i = 1; i < width.length; i++) {
        double spread = 1 / Math.sqrt(width[i - 1]);
        p.put("w" + i, rng.split("w" + i).normal(width[i - 1], width[i]).mul(spread));
        p.put("b" + i, Tensor.zeros(DType.F32, 1, width[i]));
    }
    return Params.of(p);
}
Tensor net(Params p, Tensor x) {                                             // [..., K, 1]
    Tensor h = x.matmul(p.get("w1")).add(p.get("b1")).relu();                // [..., K, 40]
    h = h.matmul(p.get("w2")).add(p.get("b2")).relu();                       // [..., K, 40]
    return h.matmul(p.get("w3")).add(p.get("b3"));                           // [..., K, 1]
}

// A batch of B tasks: each a wave with height in [0.1, 5] and shift in [0, pi], and K points of it in [-5, 5].

record Waves(Tensor height, Tensor shift) {                                  // [B, 1, 1]
    static Waves draw(Rng rng, int tasks) {
        return new Waves(
            rng.split("height").uniform(tasks, 1, 1).mul(4.9).add(0.1), rng.split("shift").uniform(tasks, 1, 1).mul(Math.PI));
    }
    Tensor at(Tensor x) {                                                    // [B, K, 1]
        return x.sub(shift).sin().mul(height);
    }
}
Tensor points(Rng rng, int tasks, int k) {
    return rng.uniform(tasks, k, 1).mul(10).sub(5);
}

// The loss of each task is its mean squared error; that of the batch is their sum, so that no task feels the others.

Tensor loss(Params p, Tensor x, Tensor y) {
    return net(p, x).sub(y).square().mean(false, -2, -1).sum();
}

// The inner loop: steps of gradient descent on the few points. `mode` says whether the steps can be differentiated.

Params adapt(Params theta, Tensor x, Tensor y, int steps, double rate, GradMode mode) {
    Params fast = theta;
    for (int step = 0; step < steps; step++) {
        Params gradient = Grad.valueAndGrad(p -> loss(p, x, y), fast, mode).grads();
        fast = fast.zip(gradient, (w, g) -> w.sub(g.mul(rate)));
    }
    return fast;
}

// Lesson 2 pays: give each weight a leading axis of size B, and the very same function adapts B copies to B tasks.

Params copies(Params theta, int tasks) {
    return theta.map(w -> w.unsqueeze(0).expand(tasks, w.dim(0), w.dim(1)));
}

// The outer loop: adapt on K points, judge on K others, and go down the gradient of THAT loss with respect to the weights
// before the step, through the step. Lesson 6 is the line with `DIFFERENTIABLE`.

Tensor lossAfterAdapting(Params theta, Rng rng, int tasks, int k) {
    Waves waves = Waves.draw(rng.split("waves"), tasks);
    Tensor x = points(rng.split("support"), tasks, k);
    Tensor judged = points(rng.split("query"), tasks, k);
    Params fast = adapt(copies(theta, tasks), x, waves.at(x), 1, 0.01, GradMode.DIFFERENTIABLE);
    return loss(fast, judged, waves.at(judged)).div(tasks);
}

// Its rival: the same net, trained on the same waves without looking ahead, then fine-tuned.

Tensor lossAsItIs(Params theta, Rng rng, int tasks, int k) {
    Waves waves = Waves.draw(rng.split("waves"), tasks);
    Tensor x = points(rng.split("support"), tasks, k);
    return loss(theta, x, waves.at(x)).div(tasks);
}

import org.einthoven.autograd.optim.*

interface BatchLoss {
    Tensor of(Params theta, Rng rng, int tasks, int k);
}
Params learn(BatchLoss objective, int steps) {
    Params theta = fresh(Rng.of(222).split("weights"));
    OptimiserState memory = OptimiserState.start();
    for (int step = 0; step < steps; step++) {
        Rng rng = Rng.of(222).split("training").split(step);
        Params gradient = Grad.valueAndGrad(p -> objective.of(p, rng, 25, 10), theta, GradMode.CONSTANT).grads();
        Optimiser.Stepped next = AdamW.adam(0.001, 0).step(theta, gradient, memory);
        theta = next.theta();
        memory = next.state();
    }
    return theta;
}

// The paper takes 70,000 steps. We take 5,000: some twenty seconds of one core.

int steps = Integer.getInteger("tutorial.steps", 5000)
Params maml = learn((theta, rng, tasks, k) -> lossAfterAdapting(theta, rng, tasks, k), steps)
Params pretrained = learn((theta, rng, tasks, k) -> lossAsItIs(theta, rng, tasks, k), steps)

// How good are they on 50 waves that neither has seen? The mean squared error before any step, after one and after ten, on
// five points: first MAML, then the rival.

Tensor errors(Params theta, int k) {
    int tasks = 50;
    Rng rng = Rng.of(2017).split("new waves");
    Waves waves = Waves.draw(rng, tasks);
    Tensor x = points(rng.split("support"), tasks, k);
    Tensor judged = points(rng.split("query"), tasks, 40);
    double[] error = new double[3];
    int[] after = {0, 1, 10};
    for (int i = 0; i < after.length; i++) {
        Params fast = adapt(copies(theta, tasks), x, waves.at(x), after[i], 0.01, GradMode.CONSTANT);
        error[i] = loss(fast, judged, waves.at(judged)).item() / tasks;
    }
    return Tensor.of(error, 3);
}
Tensor mamlErrors = errors(maml, 5)
Tensor pretrainedErrors = errors(pretrained, 5)
mamlErrors
pretrainedErrors

// Before any step both answer the average wave, which is nearly flat. One step later they have parted.
//
// Figure 2 of the paper, for one new wave: left MAML, right the rival; above five points, below ten. Grey triangles are the
// points, red is the wave, dotted green the net before any step, magenta after one, dashed blue after ten. (For the rival on
// ten points the paper takes steps of 0.02; ours are 0.01 everywhere, since 0.02 sends some waves to infinity here.)

import java.awt.BasicStroke
import java.awt.Color
import java.io.File
import org.knowm.xchart.*
import org.knowm.xchart.style.lines.SeriesLines
import org.knowm.xchart.style.markers.SeriesMarkers

Tensor line = Tensor.arange(101).cast(DType.F32).mul(0.1).sub(5).reshape(101, 1)
Waves one = new Waves(Tensor.full(DType.F32, 4, 1, 1), Tensor.full(DType.F32, 1, 1, 1))
void curve(XYChart chart, String name, Tensor y, Color color, BasicStroke stroke) {
    XYSeries series = chart.addSeries(name, line.reshape(-1).toDoubles(), y.reshape(-1).toDoubles());
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(stroke);
}
XYChart panel(String title, Params theta, int k) {
    Tensor x = points(Rng.of(3).split("shown").split(k), 1, k).reshape(k, 1);
    Tensor y = one.at(x).reshape(k, 1);
    XYChart chart = new XYChartBuilder().width(520).height(380).title(title).build();
    chart.getStyler().setYAxisMin(-6.0).setYAxisMax(6.0).setLegendVisible(k == 5);
    curve(chart, "wave", one.at(line), Color.RED, SeriesLines.SOLID);
    curve(chart, "before", net(theta, line), Color.GREEN.darker(), SeriesLines.DOT_DOT);
    curve(chart, "1 step", net(adapt(theta, x, y, 1, 0.01, GradMode.CONSTANT), line), Color.MAGENTA, SeriesLines.DASH_DOT);
    curve(chart, "10 steps", net(adapt(theta, x, y, 10, 0.01, GradMode.CONSTANT), line), Color.BLUE, SeriesLines.DASH_DASH);
    XYSeries given = chart.addSeries("points", x.toDoubles(), y.toDoubles());
    given.setLineStyle(SeriesLines.NONE);
    given.setMarker(SeriesMarkers.TRIANGLE_UP);
    given.setMarkerColor(Color.GRAY);
    return chart;
}
List<XYChart> panels = List.of(
    panel("MAML, K = 5", maml, 5), panel("pretrained, K = 5", pretrained, 5),
    panel("MAML, K = 10", maml, 10), panel("pretrained, K = 10", pretrained, 10))
String figure = System.getProperty("tutorial.figure", "maml-sinusoids.png")
BitmapEncoder.saveBitmap(panels, 2, 2, figure, BitmapEncoder.BitmapFormat.PNG)
new File(figure).getAbsoluteFile()

// Open it. Where there are no points, MAML still bends like a sine: it has learned what to expect.
//
// EXERCISE. Second order is dear. Reptile (Nichol, Achiam and Schulman, arXiv 1803.02999) does without: adapt for a few
// steps, and take the way travelled as the gradient: theta minus the adapted weights. In 7-maml/exercise.jsh, write it.
