# %% [markdown]
# (chap-conclusions)=
# # Conclusions
#
# What has become of the two theses, and which method finds new physics with two or three leptons and missing transverse
# momentum? This page collects one answer from each chapter ({numref}`tab-conclusions`); {doc}`/theses` lists all figures
# and tables of both drafts, and {doc}`/errata` what had to be corrected. Each number comes from the chapter that is named
# beside it, as that chapter ran for this book. Significances are in standard deviations.

# %% lepsearch={"scripts": true} nbmake={"mock": {"apart": 2}} tags=["parameters"]
# [1, 99]; references to chapters that are at least so far back are drawn
apart = 1

# %%
import re

import numpy as np

from lepsearch import workspace
from lepsearch.book import chapters
from lepsearch.events.selection import REGIONS
from lepsearch.plotting.style import drawing

# %% [markdown]
# :::{list-table} One answer from each study, with statistical uncertainties where there is a $\pm$.
# :name: tab-conclusions
# :header-rows: 1
#
# * - question, or claim of Guevara's draft
#   - answer
#   - chapter
# * - Significance of the printed yields of the dark Higgs, both channels together, without and with ten percent uncertainty of the background
#   - {glue:text}`/notebooks/07_statistics.ipynb::combined_dark_higgs_0:` and {glue:text}`/notebooks/07_statistics.ipynb::combined_dark_higgs_10:`
#   - {ref}`chap-statistics`
# * - Claim: counts of jets hardly change the AUC
#   - {glue:text}`/notebooks/14_padding.ipynb::guevara_figure_5_1:`
#   - {ref}`chap-padding`
# * - Change of the AUC by batch normalisation, relative to z-score
#   - {glue:text}`/notebooks/15_normalisation.ipynb::less_batch:`
#   - {ref}`chap-normalisation`
# * - Physics-weighted AUC for dibosons, trained with physics weights and without
#   - {glue:text}`/notebooks/16_sample_weights.ipynb::deep_physics_physics:` and {glue:text}`/notebooks/16_sample_weights.ipynb::deep_unit_physics:`
#   - {ref}`chap-sample-weights`
# * - Claim: balanced weights raise the significance
#   - {glue:text}`/notebooks/17_balanced_weights.ipynb::guevara_figure_5_13:`
#   - {ref}`chap-balanced-weights`
# * - Settings of networks compatible with the best
#   - {glue:text}`/notebooks/18_network_grid.ipynb::as_good_all:` of {glue:text}`/notebooks/18_network_grid.ipynb::points_all:`
#   - {ref}`chap-network-grid`
# * - Claim: deeper networks have a larger AUC
#   - {glue:text}`/notebooks/19_network_depth.ipynb::guevara_figure_5_19:`
#   - {ref}`chap-network-depth`
# * - Claim: training weights matter for trees
#   - {glue:text}`/notebooks/20_tree_weights.ipynb::guevara_figure_5_20:`
#   - {ref}`chap-tree-weights`
# * - Claim: deeper trees have a larger significance
#   - {glue:text}`/notebooks/21_tree_grid.ipynb::guevara_figure_5_21:`
#   - {ref}`chap-tree-grid`
# * - Background above the cut of deep trees, expected from training and from test events
#   - {glue:text}`/notebooks/21_tree_grid.ipynb::yield_train:` and {glue:text}`/notebooks/21_tree_grid.ipynb::yield_test:`
#   - {ref}`chap-tree-grid`
# * - Excess in data that the draft has with its deepest trees
#   - {glue:text}`/notebooks/22_tree_depth.ipynb::guevara_figure_5_27:`
#   - {ref}`chap-tree-depth`
# * - Change of the AUC on theories that were not learned by physics weights of the background, in thousandths
#   - {glue:text}`/notebooks/23_model_independence.ipynb::gained_background:`
#   - {ref}`chap-model-independence`
# * - Median AUC over signals of the small autoencoder, and of the best single feature
#   - {glue:text}`/notebooks/24_autoencoder.ipynb::median_small:` and {glue:text}`/notebooks/24_autoencoder.ipynb::median_single:`
#   - {ref}`chap-autoencoder`
# * - Networks with the printed penalties that learn next to nothing
#   - {glue:text}`/notebooks/25_autoencoder_tuning.ipynb::collapsed:` of {glue:text}`/notebooks/25_autoencoder_tuning.ipynb::trials_with_penalty:`
#   - {ref}`chap-autoencoder-tuning`
# * - Median AUC of an anomaly score of directed tails, minus that of the best single feature
#   - {glue:text}`/notebooks/26_anomaly_search.ipynb::gained_area:`
#   - {ref}`chap-anomaly-search`
# * - Largest significance of the published anomaly search, as printed and on one scale
#   - {glue:text}`/notebooks/26_anomaly_search.ipynb::published:` and {glue:text}`/notebooks/26_anomaly_search.ipynb::scaled:`
#   - {ref}`chap-anomaly-search`
# * - Largest significance after the draft's cuts, both channels together, without a background uncertainty
#   - {glue:text}`/notebooks/27_cut_and_count.ipynb::largest_significance:`
#   - {ref}`chap-cut-and-count`
# * - Method that has the largest significance for most models, with ten percent uncertainty of the background
#   - {glue:text}`/notebooks/28_comparison.ipynb::best_method:`
#   - {ref}`chap-comparison`
# * - Significance of the draft's network recipe, and after all changes to it ({numref}`tab-comparison-ladder`)
#   - {glue:text}`/notebooks/28_comparison.ipynb::recipe:` and {glue:text}`/notebooks/28_comparison.ipynb::best_of_ladder:`
#   - {ref}`chap-comparison`
# * - Factor by which bins of mass and missing momentum lower the limits of cut and count, median over models
#   - {glue:text}`/notebooks/29_limits.ipynb::gain_by_mass:`
#   - {ref}`chap-limits`
# * - Smallest visible cross section that the anomaly region is expected to exclude [fb]
#   - {glue:text}`/notebooks/29_limits.ipynb::visible:`
#   - {ref}`chap-limits`
# :::
#
# ## What to take away
#
# - **An uncertainty decides most comparisons.** Many differences between settings that the drafts report from one training and one
#   set of events have the size of their statistical uncertainties, once these are known. {numref}`tab-conclusions` has these and the larger ones.
# - **Which method is the best** is a question for each model. {numref}`tab-comparison-models` has the method with the largest significance for each
#   model, and {numref}`tab-conclusions` the one that has it most often. The order depends on the uncertainty of the background and
#   on the simulated events that are left above a tight cut.
# - **Weights have two jobs.** Physics weights evaluate, whatever their sign. Weights for training may be balanced and scaled as the
#   optimiser needs; a constant on a class does not change the best order of events.
# - **A cut belongs to one score, one sample and one luminosity.** Several printed significances come from separate cuts on signal and
#   background, from the events of the choice, or from a fifth of the background. On one scale, the largest of the anomaly search falls
#   from {glue:text}`/notebooks/26_anomaly_search.ipynb::published:` to {glue:text}`/notebooks/26_anomaly_search.ipynb::scaled:`.
# - **Unusual is not the same as new.** The error of an autoencoder follows energies and multiplicities. Single features and
#   densities are the references that it has to beat.
#
# ## What this book cannot say
#
# The embedded events come from matrix elements of leading order, most backgrounds scaled to cross sections of higher order, and from
# a parametrised detector. Effects of methods carry over as far as they do not depend on details of the tails. Yields and limits belong to this
# simulation, those of the theses to that of ATLAS; neither can stand for the other.
# Nothing here is a measurement, and no particle is claimed or excluded.
#
# ## How the chapters hang together
#
# {numref}`fig-chapters` is made from the scripts of all chapters: which skims each reads, whether it needs signals, and which
# earlier chapters its text refers to.

# %% mystnb={"figure": {"name": "fig-chapters"}, "image": {"alt": "Arcs between chapter numbers in a row, from each chapter back to those it refers to; below, three rows of squares for chapters that read dilepton events, trilepton events, and learn from signals."}} tags=["hide-input"]
root = workspace.project_root() / "notebooks"
scripts = {
    int(one.name[:2]): one for one in sorted(root.glob("[0-9][0-9]_*.py"))
}
own = {
    n: re.findall(r"\((chap-[\w-]+)\)=", one.read_text())
    for n, one in scripts.items()
}
chapter = {label: n for n, labels in own.items() for label in labels}
rows = {
    f"reads {region} events": [
        n for n, one in scripts.items() if region in chapters.regions_of(one)
    ]
    for region in REGIONS
}
rows["needs signals"] = [
    n for n, one in scripts.items() if chapters.learned_by(one)
]
turn = np.linspace(0, np.pi, 60)
with drawing(figsize=(9.6, 4.2)) as (figure, axes):
    for n, script in scripts.items():
        labels = re.findall(r"chap-[\w-]+", script.read_text())
        for m in {chapter.get(one, n) for one in labels} & {
            *range(n - apart + 1)
        }:
            x, y = (
                (n + m + (n - m) * np.cos(turn)) / 2,
                np.sqrt(n - m) * np.sin(turn),
            )
            axes.plot(x, y, "-", color="#0072b2", linewidth=0.8, alpha=0.7)
    for row, marked in enumerate(rows.values(), start=1):
        axes.plot(
            marked, np.full(len(marked), -0.8 * row), "s", color="#1b1b3a"
        )
    names = ["refers to", *rows]
    axes.set_yticks(-0.8 * np.arange(len(names)), names)
    axes.set_xticks([*scripts])
    axes.tick_params(which="both", right=False, top=False, length=0)
    axes.spines[:].set_visible(False)
    axes.set(xlabel="chapter")
figure

# %% [markdown] tags=["caption"]
# Chapters by number. An arc leads from a chapter back to an earlier one that its text refers to; squares mark what a chapter reads and whether
# it needs signals. Compare the parts on two and on three leptons.
