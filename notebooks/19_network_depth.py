# %% [markdown]
# (chap-network-depth)=
# # Four or ten hidden layers
#
# Is a deeper network a better one? The thesis {cite}`guevara2023` takes the best network of its grid, gives it
# ten hidden layers in place of four, and sees a hint that deeper is better. This chapter repeats the
# comparison with several trainings of each, on events that neither has seen, and looks at what else
# depth does: whether the networks learn their training events by heart, and whether their output is the
# probability that it seems to be.

# %% lepsearch={"full": {"neurons": 100, "seeds": [1, 2, 3, 4, 5]}, "learns": true, "reads": ["dilepton"]} nbmake={"mock": {"epochs": 2, "neurons": 8, "profile": "smoke", "seeds": [1, 2]}} tags=["parameters"]
profile = "embedded"
luminosity_fb = 0.0  # 0: what the manifest states for the profile
models = ["dark_higgs", "light_vector", "inelastic_eft"]
signal = "dh_hds_130"  # results are for this one
depths = [4, 10]  # hidden layers
neurons = 50  # in each; the thesis has 100
seeds = [1, 2, 3]
epochs = 50  # at most, as in the thesis
batch_size = 2048

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lepsearch.book import report
from lepsearch.book.tables import plus_minus
from lepsearch.data import quoted
from lepsearch.events.dataset import Dataset
from lepsearch.learn.architecture import Network
from lepsearch.learn.learning import WITHOUT_JETS, learning_set
from lepsearch.learn.readings import (
    CHOOSING,
    above,
    averaged,
    common_cut,
    only,
    read_off,
)
from lepsearch.learn.training_weights import training_weights
from lepsearch.learn.trials import Trial, learned_weights, paired
from lepsearch.plotting.scores import significance_curves, validation
from lepsearch.plotting.training import (
    learning_curves,
    over_training,
    reliability_curves,
)
from lepsearch.stats.calibration import (
    calibration_bias,
    calibration_error,
    reliability,
)
from lepsearch.stats.estimate import original_events, over_trainings
from lepsearch.stats.histograms import fill, labelled_spectra
from lepsearch.stats.metrics import MINIMUM_EFFECTIVE, significance_scan

dataset = Dataset.open(profile, luminosity_fb=luminosity_fb or None)
events = learning_set(dataset, models, features=WITHOUT_JETS)
trial = Trial(
    events,
    Network(
        neurons=neurons,
        learning_rate=0.01,
        l2=0.00001,
        batch_size=batch_size,
        epochs=epochs,
        patience=6,
    ),
    scheme="ratio",
)

# %% tags=["remove-cell"]
test = events.of("test").of_signal(signal)
report.record("n_test_background", (~test.label).sum(), ",d")
report.record("n_test_signal", test.label.sum(), ",d")
report.record("expected", test.weight[test.label].sum(), ".0f")
shallow, deep = min(depths), max(depths)
report.record("shallow", shallow, "d")
report.record("deep", deep, "d")
for name, layers in (("shallow", shallow), ("deep", deep)):
    count = learned_weights(layers, neurons, len(events.names))
    report.record(f"learned_{name}", count, ",d")
batch = quoted.get("guevara.training.batch_min").value
share = quoted.get("guevara.table_5_3.signal.simulated").value / sum(
    quoted.get(f"guevara.table_5_3.{kind}.simulated").value
    for kind in ("signal", "background")
)
report.record("batch_min", batch, ",.0f")
report.record("signal_in_batch", batch * share, ",.0f")
report.record("log_none", batch * np.log10(1 - share), ",.0f")

# %% [markdown]
# This page was made with the profile *{eval}`profile`* at {eval}`f"{dataset.luminosity_fb:g}"` fb$^{-1}$, on
# {eval}`f"{(~events.label).sum():,d}"` simulated background events and {eval}`f"{events.label.sum():,d}"` signal events of all
# models, as {numref}`Chapter %s <chap-network-grid>`. Networks are trained on all signals together;
# results are for one of them, *{eval}`dataset.labels[signal]`*, with {glue:text}`expected` expected events, of which
# {glue:text}`n_test_signal` simulated ones are in the test part, beside {glue:text}`n_test_background` of
# background.
#
# Which networks the thesis compared is not quite certain: its text counts one hidden layer less than its
# algorithm adds, so that its four may be five. Here {glue:text}`shallow` and {glue:text}`deep` hidden
# layers of {eval}`f"{neurons:d}"` neurons are compared, with {glue:text}`learned_shallow` and
# {glue:text}`learned_deep` numbers to learn; each is trained {eval}`f"{len(seeds):d}"` times. `lepsearch run 19_network_depth --full`
# takes as many neurons as the thesis, and more trainings.
#
# ## Training

# %%
runs = {
    depth: [trial.trained(seed, layers=depth) for seed in seeds]
    for depth in depths
}
scores = {
    depth: [trial.scores(run) for run in made] for depth, made in runs.items()
}
label = {depth: f"{depth} hidden layers" for depth in depths}

# %% tags=["remove-cell"]
late = [len(run.history) == epochs for made in runs.values() for run in made]
report.record("n_late", sum(late), "d")
report.record("n_runs", len(late), "d")

# %% mystnb={"figure": {"name": "fig-depth-learning"}, "image": {"alt": "Two panels, shallow and deep, with the loss over the epochs on a logarithmic axis: dotted lines for training, thicker ones for validation, and a mark at the kept epoch of each training."}} tags=["hide-input"]
figure = learning_curves(
    {label[depth]: [run.history for run in runs[depth]] for depth in depths}
)
plt.show()

# %% [markdown] tags=["caption"]
# Loss during training and on the validation part after each epoch, one colour a training. The
# weights of the marked epoch are kept.

# %% [markdown]
# Where the loss on the training events goes on falling while that on the others does not, the network
# learns its events and not what they have in common. Training is stopped there, and the weights of the
# best epoch are kept, so that many passes do no harm by themselves. {glue:text}`n_late` of
# {glue:text}`n_runs` trainings were ended by their number of passes, {eval}`f"{epochs:d}"`, before that. What the
# figure shows best is the scatter: trainings that differ by nothing but their first values and the order of the
# events end at different losses.
#
# The thesis fears that smaller batches, which larger networks force, leave batches without any signal. With the
# shares of its table 5.3 even a batch of {glue:text}`batch_min` events, the smallest it used, holds
# {glue:text}`signal_in_batch` signal events on average; the probability of none is ten to the power of
# {glue:text}`log_none`.
#
# ## The output

# %% tags=["remove-cell"]
cuts = np.linspace(0, 0.995, 200)
original = original_events(test.sample, test.event)


def by(part):
    """Scores of the signal and the background of a part, by each training."""
    return {
        depth: only(events, part, [one[part] for one in made], signal)[1]
        for depth, made in scores.items()
    }


ours = by("test")
scans = {
    depth: significance_scan(
        ours[depth][0], test.label, test.weight, cuts, original=original
    )
    for depth in depths
}


def drawn(depth):
    """The validation plot of the first training of a depth."""
    stacked = labelled_spectra(
        ours[depth][0],
        test.groups,
        test.label,
        test.weight,
        np.linspace(0, 1, 41),
        original=original,
    )
    made = validation(
        stacked,
        scans[depth],
        luminosity_fb=dataset.luminosity_fb,
        title=label[depth],
    )
    made.axes[0].set_ylim(bottom=0.05)  # the signal is that small
    return made


# %% mystnb={"figure": {"name": "fig-depth-shallow"}, "image": {"alt": "Stacked histogram of the output of the shallower network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}} tags=["hide-input"]
figure = drawn(shallow)
plt.show()

# %% [markdown] tags=["caption"]
# Scores of the shallower network on the test part, scaled to the luminosity, with the significance
# of a cut beneath.

# %% mystnb={"figure": {"name": "fig-depth-deep"}, "image": {"alt": "Stacked histogram of the output of the deeper network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}} tags=["hide-input"]
figure = drawn(deep)
plt.show()

# %% [markdown] tags=["caption"]
# The same for the deeper network.

# %% mystnb={"figure": {"name": "fig-depth-significance"}, "image": {"alt": "Two curves of the significance against the lowest score with error bands."}} tags=["hide-input"]
figure = significance_curves({label[depth]: scans[depth] for depth in depths})
plt.show()

# %% [markdown] tags=["caption"]
# Expected significance against the cut for both networks, the first training of each, with
# statistical errors.

# %% [markdown]
# The highest point of such a curve is a maximum over many cuts, the more so the fewer events are left. In the
# table the cut is chosen on the validation part and the significance read on the test part. A cut must leave
# {eval}`f"{CHOOSING:g}"` effective background events where it is chosen, so that the test part, which is about as
# large, will rarely leave fewer than {eval}`f"{MINIMUM_EFFECTIVE:g}"`; where it does, a dash stands. The areas
# under the ROC curve are those of this signal, with physics weights.

# %% tags=["remove-cell"]
rows = {
    (depth, seed): read_off(events, one, signal, cuts)
    for depth, made in scores.items()
    for seed, one in zip(seeds, made, strict=True)
}
table = pd.DataFrame.from_dict(rows, orient="index")
table.index.names = ["layers", "seed"]
whole_test = events.of("test")
chosen_on = by("validation")
common = common_cut(
    events.of("validation").of_signal(signal),
    [one for depth in depths for one in chosen_on[depth]],
    cuts,
    highest=trial.cut,
)
report.record("common_cut", common, ".3f")
gains = {
    "auc": paired(test, ours[deep], ours[shallow]),
    "z": paired(test, ours[deep], ours[shallow], cut=common),
}
for name, gain in gains.items():
    report.record_text(f"gain_{name}", plus_minus(gain.value, gain.error))
    report.record_text(
        f"seen_{name}",
        "beyond" if abs(gain.value) > 2 * gain.error else "within",
    )
for name, depth in (("shallow", shallow), ("deep", deep)):
    part = table.loc[depth]
    area = over_trainings(part["auc_test"], part["auc_test_error"])
    report.record_text(f"auc_{name}", plus_minus(*area))
    z = over_trainings(part["z"], part["z_error"])
    report.record_text(f"z_{name}", plus_minus(*z))
    report.record(f"spread_{name}", part["auc_test"].std(), ".4f")
    gap = over_trainings(
        part["auc_train"] - part["auc_test"],
        np.hypot(part["auc_train_error"], part["auc_test_error"]),
    )
    report.record_text(f"gap_{name}", plus_minus(*gap))
optimism = over_trainings(
    table["z_validation"] - table["z"],
    np.hypot(table["z_validation_error"], table["z_error"]),
)
report.record_text("optimism", plus_minus(*optimism))
report.record(
    "printed",
    quoted.get("guevara.single_models.network_dark_higgs_heavy").value,
    ".2f",
)

# %% tags=["hide-input"]
shown = table.reset_index()
areas = {
    f"AUC, {part}": [
        plus_minus(*pair)
        for pair in shown[[f"auc_{part}", f"auc_{part}_error"]].itertuples(
            index=False
        )
    ]
    for part in ("train", "validation", "test")
}
pd.DataFrame(
    {"hidden layers": shown["layers"], "seed": shown["seed"], **areas}
    | {
        "cut": shown["cut"].map("{:.3f}".format),
        "Z, test": [
            plus_minus(*pair)
            for pair in shown[["z", "z_error"]].itertuples(index=False)
        ],
        "effective background": shown["effective"].map("{:.1f}".format),
    }
).style.hide(axis="index")

# %% [markdown]
# Over the trainings, {glue:text}`shallow` hidden layers reach an area of {glue:text}`auc_shallow` and a significance of
# {glue:text}`z_shallow`, {glue:text}`deep` reach {glue:text}`auc_deep` and {glue:text}`z_deep`. One
# training differs from the next by {glue:text}`spread_shallow` and {glue:text}`spread_deep` in area. The significance
# that the validation part promised, less the one that the test part kept, is {glue:text}`optimism` on average. The last
# column counts the effective background events behind the latter.
#
# Taken on the same events and the same replicas, the deeper network less the shallower one is
# {glue:text}`gain_auc` in area, {glue:text}`seen_auc` twice its error, and {glue:text}`gain_z` in significance above
# {glue:text}`common_cut`, {glue:text}`seen_z` twice its error. This is the highest cut up to {eval}`f"{trial.cut:g}"` above
# which every training leaves {eval}`f"{CHOOSING:g}"` effective background events on the validation part. The thesis compared a single training of each, which has the whole scatter of one
# training on top of that, and read its hint off curves without errors ({numref}`fig-depth-significance` has ours).
#
# ## Over-training

# %% mystnb={"figure": {"name": "fig-depth-overtraining"}, "image": {"alt": "Two panels, shallow and deep, with filled histograms for the training events and points for the validation events; beneath, their ratios with error bars and a line at one."}} tags=["hide-input"]
edges = np.linspace(0, 1, 21)
halves = [events.of("train"), events.of("validation")]
histograms = {
    label[depth]: {
        kind: tuple(
            fill(
                scores[depth][0][part.only][part.label == wanted],
                np.ones((part.label == wanted).sum()),
                edges,
            )
            for part in halves
        )
        for kind, wanted in (("signals", True), ("background", False))
    }
    for depth in depths
}
figure = over_training(histograms)
plt.show()

# %% [markdown] tags=["caption"]
# Shapes of the scores on the events that the networks learned (filled) and on the validation part
# (points), and their ratio: signals and background with each simulated event counting as one.

# %% tags=["remove-cell"]
for name, depth in (("shallow", shallow), ("deep", deep)):
    for part, where in zip(halves, ("train", "other"), strict=True):
        score = scores[depth][0][part.only]
        for kind, wrong in (
            ("tail", score[~part.label] > trial.cut),
            ("lost", score[part.label] < 0.1),
        ):
            share, count = wrong.mean(), len(wrong)
            text = plus_minus(
                100 * share, 100 * np.sqrt(share * (1 - share) / count)
            )
            report.record_text(f"{kind}_{where}_{name}", text)
    for where in ("train", "test"):
        found = averaged(
            above(
                events.of(where).of_signal(signal), by(where)[depth], common
            )
        )
        report.record_text(
            f"same_z_{where}_{name}",
            plus_minus(found["value"], found["error"]),
        )
        report.record(f"same_b_{where}_{name}", found["effective"], ".0f")

# %% [markdown]
# What a network has learned by heart shows where it is wrong. Of the simulated background,
# ({glue:text}`tail_train_shallow`) % of the training events lie above {eval}`f"{trial.cut:g}"`
# for the shallower network and ({glue:text}`tail_other_shallow`) % of those that it did not learn; for the deeper one
# ({glue:text}`tail_train_deep`) % and ({glue:text}`tail_other_deep`) %. Of the simulated signals,
# ({glue:text}`lost_train_shallow`) % and ({glue:text}`lost_other_shallow`) % lie below a tenth for the shallower, and
# ({glue:text}`lost_train_deep`) % and ({glue:text}`lost_other_deep`) % for the deeper network. These are shares of
# the first training of each depth.
#
# For *{eval}`dataset.labels[signal]`*, on average over the trainings, the area under the curve on the training events less that on
# the test part is {glue:text}`gap_shallow` for the shallower and {glue:text}`gap_deep` for the deeper networks. A search
# counts in the upper tail, and there the area says little. The significance above {glue:text}`common_cut` is:
#
# | | training events | effective background | test part | effective background |
# |---|---|---|---|---|
# | {glue:text}`shallow` hidden layers | {glue:text}`same_z_train_shallow` | {glue:text}`same_b_train_shallow` | {glue:text}`same_z_test_shallow` | {glue:text}`same_b_test_shallow` |
# | {glue:text}`deep` hidden layers | {glue:text}`same_z_train_deep` | {glue:text}`same_b_train_deep` | {glue:text}`same_z_test_deep` | {glue:text}`same_b_test_deep` |
#
# ## Is the output a probability?
#
# The loss is smallest for an output that equals the share of signal among events with the same features, *in the
# mixture of the training weights*. If a network has come there, then of all events with an output of two thirds
# two thirds are signal: it is *calibrated*. {numref}`fig-depth-calibration` shows that share against the output, on the
# test part and with the weights of the training.

# %% tags=["remove-cell"]
weight = training_weights("ratio", whole_test.label, whole_test.weight)
copies = original_events(whole_test.sample, whole_test.event)
curves = {}
low, high = 0.1, 0.9  # outputs that are not certain
report.record("inner_low", low, "g")
report.record("inner_high", high, "g")
for name, depth in (("shallow", shallow), ("deep", deep)):
    made = [
        reliability(
            one["test"], whole_test.label, weight, bins=10, original=copies
        )
        for one in scores[depth]
    ]
    curves[label[depth]] = made[0]
    errors = [calibration_error(one) for one in made]
    report.record_text(
        f"calibration_{name}",
        plus_minus(np.mean(errors), np.std(errors, ddof=1)),
    )
    inner = [
        calibration_bias(
            one["test"],
            whole_test.label,
            weight,
            low=low,
            high=high,
            original=copies,
        )
        for one in scores[depth]
    ]
    bias, error = over_trainings(*zip(*inner, strict=True))
    report.record_text(f"bias_{name}", plus_minus(bias, error))
    report.record_text(f"bias_drawn_{name}", plus_minus(*inner[0]))
    report.record_text(
        f"bias_said_{name}",
        "none beyond twice the error"
        if not abs(bias) > 2 * error
        else "too much confidence in signal"
        if bias < 0
        else "too little confidence in signal",
    )
left = above(test, ours[shallow], common)
s, b = left["signal"], left["background"]
share_error = (
    np.hypot(b * left["signal_error"], s * left["background_error"])
    / (s + b) ** 2
)
share = over_trainings(100 * s / (s + b), 100 * share_error)
report.record_text("physical_share", plus_minus(*share))
trained_share = weight[whole_test.label].sum() / weight.sum()
report.record("trained_share", 100 * trained_share, ".0f")

# %% mystnb={"figure": {"name": "fig-depth-calibration"}, "image": {"alt": "Reliability curves of both networks with error bars beside the diagonal, and their distance from it in a panel beneath."}} tags=["hide-input"]
figure = reliability_curves(curves)
plt.show()

# %% [markdown] tags=["caption"]
# Share of signal among events of equal output, with training weights, on the test part, for the
# first training of each depth; beneath, its distance from the diagonal.

# %% [markdown]
# The mean distance from the diagonal is {glue:text}`calibration_shallow` for {glue:text}`shallow` hidden layers and
# {glue:text}`calibration_deep` for {glue:text}`deep`, the error being the scatter of the trainings. It is a mean over events with their training weights, most of which have
# outputs near zero or one, so that it says little of the outputs between. A point below the
# diagonal means too much confidence in signal, which is what learning by heart leads to; a point above it, too little.
# Among outputs from {glue:text}`inner_low` to {glue:text}`inner_high` the share of signal less the output is {glue:text}`bias_shallow` for
# {glue:text}`shallow` hidden layers ({glue:text}`bias_said_shallow`) and {glue:text}`bias_deep` for {glue:text}`deep`
# ({glue:text}`bias_said_deep`), on average over the trainings, with their scatter and the statistical error joined. For
# the trainings in the figure alone it is {glue:text}`bias_drawn_shallow` and {glue:text}`bias_drawn_deep`, with the
# statistical error only: what one training shows need not be what its depth does.
#
# Calibrated or not, the output is a share of the training mixture, {glue:text}`trained_share` % of which is signal. The
# thesis reads a cut at {eval}`f"{trial.cut:g}"` as a confidence of that size. Among the events that one expects to record above
# {glue:text}`common_cut`, ({glue:text}`physical_share`) % would be of this signal, with {glue:text}`shallow` hidden layers.
#
# ## What was found, and what comes next
#
# From {glue:text}`shallow` to {glue:text}`deep` hidden layers the area changes by {glue:text}`gain_auc`
# ({glue:text}`seen_auc` twice its error) and the significance above {glue:text}`common_cut` by {glue:text}`gain_z`
# ({glue:text}`seen_z`). The thesis's hint that deeper networks do better rests on one training of each, without errors.
#
# Over-training: the area is larger on the training events than on the test part by {glue:text}`gap_shallow` and
# {glue:text}`gap_deep`, and the significance above the same cut is {glue:text}`same_z_train_shallow` and
# {glue:text}`same_z_test_shallow` on either with {glue:text}`shallow` layers, {glue:text}`same_z_train_deep` and
# {glue:text}`same_z_test_deep` with {glue:text}`deep`. Calibration: among outputs from {glue:text}`inner_low` to {glue:text}`inner_high` the share of signal differs
# from the output by {glue:text}`bias_shallow` with {glue:text}`shallow` layers ({glue:text}`bias_said_shallow`) and by
# {glue:text}`bias_deep` with {glue:text}`deep` ({glue:text}`bias_said_deep`).
#
# The best network of the final thesis has {glue:text}`printed`
# for this model family when trained on it alone, and {glue:text}`z_shallow` is what {glue:text}`shallow` layers
# reach here, with other samples. How several layers compare with one is asked in
# {numref}`Chapter %s <chap-network-grid>`; what more of them cost for certain is time. The trees of the next chapters need none of these choices, and have others.
