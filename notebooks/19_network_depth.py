# %% [markdown]
# (chap-network-depth)=
# # Four or ten hidden layers
#
# Is a deeper network a better one? The thesis {cite}`guevara2023` takes the best network of its grid, gives it
# ten hidden layers in place of four, and sees a hint that deeper is better. This chapter repeats the
# comparison with several trainings of each, on events that neither has seen, and looks at what else
# depth does: whether the networks learn their training events by heart, and whether their output is the
# probability that it seems to be.

# %% tags=["parameters"] nbmake={"mock": {"profile": "smoke", "epochs": 2, "neurons": 8, "seeds": [1, 2]}} lepsearch={"full": {"neurons": 100, "seeds": [1, 2, 3, 4, 5]}}
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

from lepsearch import quoted, report
from lepsearch.calibration import calibration_error, reliability
from lepsearch.dataset import Dataset
from lepsearch.histograms import fill, labelled_spectra
from lepsearch.learning import WITHOUT_JETS, learning_set
from lepsearch.metrics import original_events, significance_scan
from lepsearch.models.architecture import Network
from lepsearch.plotting.scores import significance_curves, validation
from lepsearch.plotting.training import (
    learning_curves,
    over_training,
    reliability_curves,
)
from lepsearch.studies.trial_tables import read_off
from lepsearch.studies.trials import (
    Trial,
    common_cuts,
    learned_weights,
    paired,
)
from lepsearch.tables import plus_minus
from lepsearch.training_weights import training_weights

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
report.record_text("profile", profile)
report.record("luminosity", dataset.luminosity_fb, "g")
report.record("n_background", (~events.label).sum(), ",d")
report.record("n_signal", events.label.sum(), ",d")
test = events.of("test").of_signal(signal)
report.record("n_test_background", (~test.label).sum(), ",d")
report.record("n_test_signal", test.label.sum(), ",d")
report.record("expected", test.weight[test.label].sum(), ".0f")
report.record_text("signal", dataset.labels[signal])
report.record("neurons", neurons, "d")
report.record("n_seeds", len(seeds), "d")
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
# This page was made with the profile *{glue:text}`profile`* at {glue:text}`luminosity` fb$^{-1}$, on
# {glue:text}`n_background` simulated background events and {glue:text}`n_signal` signal events of all
# models, as {numref}`Chapter %s <chap-network-grid>`. Networks are trained on all signals together;
# results are for one of them, *{glue:text}`signal`*, with {glue:text}`expected` expected events, of which
# {glue:text}`n_test_signal` simulated ones are in the test part, beside {glue:text}`n_test_background` of
# background.
#
# Which networks the thesis compared is not quite certain: its text counts one hidden layer less than its
# algorithm adds, so that its four may be five. Here {glue:text}`shallow` and {glue:text}`deep` hidden
# layers of {glue:text}`neurons` neurons are compared, with {glue:text}`learned_shallow` and
# {glue:text}`learned_deep` numbers to learn; each is trained {glue:text}`n_seeds` times. `lepsearch run 19_network_depth --full`
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
report.record("epochs", epochs, "d")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-depth-learning", "caption": "Loss during training and on the validation part after each epoch, one colour a training. The weights of the marked epoch are kept."}, "image": {"alt": "Two panels, shallow and deep, with falling loss over the epochs on a logarithmic axis; training and validation loss fall together at first, with scatter between trainings."}}
figure = learning_curves(
    {label[depth]: [run.history for run in runs[depth]] for depth in depths}
)
plt.show()

# %% [markdown]
# Where the loss on the training events goes on falling while that on the others does not, the network
# learns its events and not what they have in common. Training is stopped there, and the weights of the
# best epoch are kept, so that many passes do no harm by themselves. {glue:text}`n_late` of
# {glue:text}`n_runs` trainings were ended by their number of passes, {glue:text}`epochs`, before that. What the
# figure shows best is the scatter: trainings that differ by nothing but their first values end at different losses.
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
ours = {
    depth: [
        one["test"][
            ~events.of("test").label
            | (events.of("test").sample == events.sample_names.index(signal))
        ]
        for one in made
    ]
    for depth, made in scores.items()
}
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


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-depth-shallow", "caption": "Scores of the shallower network on the test part, scaled to the luminosity, with the significance of a cut beneath."}, "image": {"alt": "Stacked histogram of the output of the shallower network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}}
figure = drawn(shallow)
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-depth-deep", "caption": "The same for the deeper network."}, "image": {"alt": "Stacked histogram of the output of the deeper network by process on a logarithmic axis with the signal overlaid, and the significance against the cut beneath."}}
figure = drawn(deep)
plt.show()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-depth-significance", "caption": "Expected significance against the cut for both networks, the first training of each, with statistical errors."}, "image": {"alt": "Two curves of the significance against the lowest score with error bands that overlap."}}
figure = significance_curves({label[depth]: scans[depth] for depth in depths})
plt.show()

# %% [markdown]
# The highest point of such a curve is a maximum over many cuts, the more so the fewer events are left. In the
# table the cut is chosen on the validation part, among those that leave ten effective background events on both parts,
# and the significance read on the test part. The areas
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
# the highest cut, up to the thesis's, above which every training leaves enough background
every = [one for depth in depths for one in ours[depth]]
usable = cuts[common_cuts(test, every, cuts) & (cuts <= trial.cut)]
common = usable.max() if len(usable) else cuts[0]
report.record("common_cut", common, ".3f")
gains = {
    "auc": paired(test, ours[deep], ours[shallow]),
    "z": paired(test, ours[deep], ours[shallow], cut=common),
}
for name, gain in gains.items():
    report.record_text(f"gain_{name}", plus_minus(gain.value, gain.error))
seen = any(abs(one.value) > 2 * one.error for one in gains.values())
report.record_text("seen", "beyond" if seen else "within")
report.record("cut", trial.cut, "g")
for name, depth in (("shallow", shallow), ("deep", deep)):
    part = table.loc[depth]
    report.record_text(
        f"auc_{name}",
        plus_minus(
            part["auc_test"].mean(),
            np.hypot(
                part["auc_test_error"].mean(),
                part["auc_test"].std() / np.sqrt(len(part)),
            ),
        ),
    )
    report.record_text(
        f"z_{name}",
        plus_minus(
            part["z"].mean(skipna=False),
            np.hypot(
                part["z_error"].mean(), part["z"].std() / np.sqrt(len(part))
            ),
        ),
    )
    report.record(f"spread_{name}", part["auc_test"].std(), ".4f")
    report.record(
        f"gap_{name}", (part["auc_train"] - part["auc_test"]).mean(), ".4f"
    )
optimism = (table["z_validation"] - table["z"]).mean()
report.record("optimism", optimism, "+.2f")
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
    }
).style.hide(axis="index")

# %% [markdown]
# Over the trainings, {glue:text}`shallow` hidden layers reach an area of {glue:text}`auc_shallow` and a significance of
# {glue:text}`z_shallow`, {glue:text}`deep` reach {glue:text}`auc_deep` and {glue:text}`z_deep`. One
# training differs from the next by {glue:text}`spread_shallow` and {glue:text}`spread_deep` in area. The validation
# part promised {glue:text}`optimism` more in significance on average than the test part kept.
#
# Taken on the same events and the same replicas, the deeper network exceeds the shallower one by
# {glue:text}`gain_auc` in area and by {glue:text}`gain_z` in significance above {glue:text}`common_cut`, which is
# {glue:text}`seen` twice the errors. This is the highest cut up to {glue:text}`cut` above which every training leaves ten
# effective background events. The thesis compared a single training of each, which has the whole scatter of one
# training on top of that, and read its hint off curves without errors ({numref}`fig-depth-significance` has ours).
#
# ## Over-training

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-depth-overtraining", "caption": "Shapes of the scores on the events that the networks learned (filled) and on the validation part (points), and their ratio: signals and background with each simulated event counting as one."}, "image": {"alt": "Two panels, shallow and deep, with filled histograms for the training events and points for the validation events; beneath, the ratios scatter around one where there are many events."}}
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
    seen = trial.measured("train", scores[depth][0]["train"])
    other = trial.measured("test", scores[depth][0]["test"])
    for where, found in (("train", seen), ("test", other)):
        report.record_text(
            f"sum_z_{where}_{name}", plus_minus(found["z"], found["z_error"])
        )

# %% [markdown]
# What a network has learned by heart shows where it is wrong. Of the simulated background,
# ({glue:text}`tail_train_shallow`) % of the training events lie above {glue:text}`cut`
# for the shallower network and ({glue:text}`tail_other_shallow`) % of those that it did not learn; for the deeper one
# ({glue:text}`tail_train_deep`) % and ({glue:text}`tail_other_deep`) %. Of the simulated signals,
# ({glue:text}`lost_train_shallow`) % and ({glue:text}`lost_other_shallow`) % lie below a tenth for the shallower, and
# ({glue:text}`lost_train_deep`) % and ({glue:text}`lost_other_deep`) % for the deeper network. Such differences, if there are
# any, hardly move the area
# under the curve: on average {glue:text}`gap_shallow` and {glue:text}`gap_deep` between training and test. But a search
# counts in the upper tail. With all signals summed, the significance above {glue:text}`cut` is
# {glue:text}`sum_z_train_shallow` on the training events and {glue:text}`sum_z_test_shallow` on the test part for the
# shallower network, {glue:text}`sum_z_train_deep` and {glue:text}`sum_z_test_deep` for the deeper one; a dash stands
# where too little background is left. An area
# that agrees on both parts is no proof that a significance does.
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
above = ours[shallow][0] >= trial.cut
s, b = (
    test.weight[above & (test.label == one)].sum() for one in (True, False)
)
report.record("physical_share", 100 * s / (s + b), ".2g")
trained_share = weight[whole_test.label].sum() / weight.sum()
report.record("trained_share", 100 * trained_share, ".0f")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-depth-calibration", "caption": "Share of signal among events of equal output, with training weights, on the test part, for the first training of each depth; beneath, its distance from the diagonal."}, "image": {"alt": "Reliability curves of both networks near the diagonal with error bars, and their distance from it in a panel beneath."}}
figure = reliability_curves(curves)
plt.show()

# %% [markdown]
# The mean distance from the diagonal is {glue:text}`calibration_shallow` for {glue:text}`shallow` hidden layers and
# {glue:text}`calibration_deep` for {glue:text}`deep`, the error being the scatter of the trainings. It is a mean over events with their training weights, most of which have
# outputs near zero or one, so that it says little of the outputs between: look at the lower panel there. A point below the
# diagonal means too much confidence in signal, which is what learning by heart leads to; a point above it, too little.
#
# Calibrated or not, the output is a share of the training mixture, {glue:text}`trained_share` % of which is signal. The
# thesis reads a cut at {glue:text}`cut` as a confidence of that size. Among the events that one expects to record above it,
# {glue:text}`physical_share` % would be of this signal.
#
# ## What was found, and what comes next
#
# From {glue:text}`shallow` to {glue:text}`deep` hidden layers the area changes by {glue:text}`gain_auc` and the
# significance above {glue:text}`common_cut` by {glue:text}`gain_z`, {glue:text}`seen` twice their errors. The thesis's hint
# that deeper networks do better rests on one training of each, without errors. The best network of the final thesis has {glue:text}`printed`
# for this model family when trained on it alone, and {glue:text}`z_shallow` is what {glue:text}`shallow` layers
# reach here, with other samples. Several layers do better than one ({numref}`Chapter %s <chap-network-grid>`); more
# than several cost time, and with samples of this size that is not where sensitivity is lost. The trees of the next chapters need none of these choices, and have others.
