"""What the samples are, how they are normalised and how much they can say, as tables of numbers."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from lepsearch.constants import PB_IN_FB
from lepsearch.events.dataset import Dataset
from lepsearch.simulate.cross_sections import predicted_pb
from lepsearch.simulate.processes import find_process
from lepsearch.simulate.sample import recorded
from lepsearch.stats.estimate import Estimate, sum_weights

__all__ = ("class_sums", "cross_sections", "sample_sizes", "signal_samples")


def class_sums(dataset: Dataset, region: str, **of: str) -> pd.Series:
    """Sums over the simulated samples of a kind, group or name, after a region's selection.

    Returns:
        ``simulated``, the number of events; ``sum_of_weights``, that of physics weights: the
        expected events; ``sum_of_generator_weights`` (with efficiency corrections);
        ``over_sum``, these over each sample's own sum of weights; ``with_luminosity_over_sum``,
        the same times the luminosity, without a cross section [1/fb].
    """
    luminosity, rows = dataset.luminosity_fb, []
    for info in dataset.infos(region):
        last = info.cutflow.steps[-1]  # in event weights, before any scaling
        belongs = all(getattr(info, name) == value for name, value in of.items())
        if info.kind != "data" and last.events and belongs:
            expected = last.weight * info.per_inverse_fb * luminosity
            share = last.weight / (info.sum_of_weights or math.nan)
            rows.append((last.events, expected, last.weight, share, share * luminosity))
    columns = ["simulated", "sum_of_weights", "sum_of_generator_weights", "over_sum"]
    columns.append("with_luminosity_over_sum")
    return pd.DataFrame(rows, columns=columns, dtype=float).sum(skipna=False)


def cross_sections(dataset: Dataset, samples: Iterable[str]) -> pd.DataFrame:
    """Cross sections that Pythia found when it made the events, beside those in use.

    Returns:
        One row for each sample that was made here: Pythia's cross section, what the one in use is
        over it, the events generated and those made whole, and what Pythia's contains.
    """
    rows = {}
    for sample in samples:
        made = recorded(dataset.workspace.ntuples / f"{sample}.root")
        if made is None:
            continue
        used, pythia = dataset.info("dilepton", sample).cross_section_pb, made["cross_section_pb"]
        process = find_process(made["recipe"]["process"], made["recipe"]["parameters"])
        rows[sample] = {
            "Pythia [pb]": Estimate(pythia, made["cross_section_error_pb"]),
            "used over it": (used or math.nan) / pythia,
            "generated": made["generated"],
            "made whole": made["whole"],
            "what Pythia's is": process.cross_section_note,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sample", axis=1)


def sample_sizes(dataset: Dataset, region: str, samples: Iterable[str]) -> pd.DataFrame:
    """How many events each simulated sample has in a region, and how many they are worth.

    Returns:
        One row for each sample but data: simulated rows, different events among them (a row may be
        a copy with missing momentum smeared anew), effective events, share of negative weights by
        number and by size, expected events.
    """
    rows = {}
    for sample in samples:
        if dataset.info(region, sample).kind == "data":
            continue
        events = dataset.table(region, samples=[sample], columns=[])
        total, weights = sum_weights(events), events["weight"].to_numpy(dtype=float)
        size = np.abs(weights).sum()
        rows[sample] = {
            "rows": len(weights),
            "events": total.events,
            "effective": total.effective,
            "negative": (weights < 0).mean() if len(weights) else math.nan,
            "negative, of |w|": np.abs(weights[weights < 0]).sum() / size if size else math.nan,
            "expected": total,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sample", axis=1)


def signal_samples(dataset: Dataset) -> pd.DataFrame:
    """The simulated signals of a profile with their cross sections.

    Returns:
        One row a sample: its label, process, sector and mass; the cross section that the events are
        normalised to and the same by quadrature at leading order (NaN where it isn't covered);
        expected and generated events. Signals not made here have no process.
    """
    made = dataset.manifest.simulation(dataset.workspace.profile)
    rows = {}
    for info in dataset.infos("dilepton"):
        if info.kind == "signal":
            recipe = made.get(info.sample)
            given = recipe.parameters if recipe else {}
            predicted = predicted_pb(recipe.process, given) if recipe else None
            used = PB_IN_FB * (info.cross_section_pb or math.nan)
            rows[info.sample] = {
                "label": info.label,
                "process": recipe.process if recipe else "",
                "sector": given.get("sector", ""),
                "mass": given.get("mass", math.nan),
                "σ × BR [fb]": used,
                "by quadrature [fb]": math.nan if predicted is None else PB_IN_FB * predicted,
                "expected": used * dataset.luminosity_fb,
                "generated": recipe.events if recipe else math.nan,
            }
    columns = ["label", "process", "sector", "mass", "σ × BR [fb]", "by quadrature [fb]"]
    columns += ["expected", "generated"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return found.rename_axis("sample", axis=1)
