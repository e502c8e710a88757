"""What the signals are, and how many of them there are, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lepsearch.events.dataset import Dataset
from lepsearch.events.weights import PB_IN_FB
from lepsearch.simulate.cross_sections import breakup_momentum, predicted_pb
from lepsearch.simulate.mono_zprime import dark_higgs_model, inelastic_model

__all__ = ("quantiles_table", "signal_samples", "signals_table", "zprime_benchmarks")

SECTORS = ("light", "heavy")


def zprime_benchmarks(masses: Sequence[float]) -> pd.DataFrame:
    """Masses of the dark particles that go with each mass of the Z', and the Z' itself [GeV]."""
    rows = {}
    for mass in masses:
        higgs = [dark_higgs_model(sector, mass) for sector in ("light", "heavy")]
        pairs = [inelastic_model(sector, mass) for sector in ("light", "heavy")]
        row = {"width": f"{higgs[0].width:.3g}"}
        row["BR to ee, μμ [‰]"] = f"{1e3 * higgs[0].branching_to_light_leptons:.2f}"
        for sector, one, two in zip(SECTORS, higgs, pairs, strict=True):
            kick = breakup_momentum(two.heavy_mass, mass, two.light_mass)
            row[f"dark Higgs ({sector})"] = f"{one.higgs_mass:g}"
            row[f"χ₁, χ₂ ({sector})"] = f"{two.light_mass:g},\u00a0{two.heavy_mass:g}"
            row[f"kick ({sector})"] = f"{kick:.0f}"
        rows[f"{mass:g}"] = row
    return pd.DataFrame(rows).T.rename_axis("Z' mass [GeV]", axis=1)


def signal_samples(dataset: Dataset) -> pd.DataFrame:
    """The simulated signals of a profile with their cross sections.

    Returns:
        One row a sample, with ``sample``, ``label``, ``process``, ``parameters``, ``generated``,
        ``cross_section_pb`` (what the events are normalised to) and ``predicted_pb`` (leading
        order, by quadrature; None where it isn't covered). Signals that were not made here have
        no process.
    """
    made = dataset.manifest.simulation(dataset.workspace.profile)
    rows = []
    for info in dataset.infos("dilepton"):
        if info.kind != "signal":
            continue
        recipe = made.get(info.sample)
        rows.append(
            {
                "sample": info.sample,
                "label": info.label,
                "process": recipe.process if recipe else "",
                "parameters": dict(recipe.parameters) if recipe else {},
                "generated": recipe.events if recipe else None,
                "cross_section_pb": info.cross_section_pb,
                "predicted_pb": predicted_pb(recipe.process, recipe.parameters) if recipe else None,
            }
        )
    columns = ("sample", "label", "process", "parameters", "generated")
    return pd.DataFrame(rows, columns=[*columns, "cross_section_pb", "predicted_pb"])


def signals_table(samples: pd.DataFrame, luminosity_fb: float) -> pd.DataFrame:
    """``signal_samples`` as a page shows it.

    Args:
        samples: The samples.
        luminosity_fb: Luminosity that they are scaled to [1/fb].
    """
    rows = {}
    for one in samples.to_dict("records"):
        used, predicted = one["cross_section_pb"] * PB_IN_FB, one["predicted_pb"]
        known = predicted is not None and predicted == predicted
        rows[one["sample"]] = {
            "what": one["label"],
            "σ × BR [fb]": f"{used:.3g}",
            "by quadrature [fb]": f"{predicted * PB_IN_FB:.3g}" if known else "–",
            "expected": f"{used * luminosity_fb:,.3g}",
            "generated": "–" if pd.isna(one["generated"]) else f"{one['generated']:,.0f}",
        }
    if not rows:
        return pd.DataFrame({"sample": ["none: this profile has no signal"]})
    return pd.DataFrame(rows).T.rename_axis("sample", axis=1)


def quantiles_table(events: pd.DataFrame, features: Mapping[str, str]) -> pd.DataFrame:
    """Median and the middle 68 % of features, a row a sample.

    Args:
        events: Events with ``sample``; each counts as one.
        features: Column of each feature and its name in the head.
    """
    rows = {}
    for sample, part in events.groupby("sample", sort=False):
        row = {"events": f"{len(part):,}"}
        for feature, name in features.items():
            low, middle, high = part[feature].quantile([0.16, 0.5, 0.84])
            row[name] = f"{middle:.0f} ({low:.0f} to {high:.0f})"
        rows[str(sample)] = row
    if not rows:
        return pd.DataFrame({"sample": ["none: no signal event passes the selection"]})
    return pd.DataFrame(rows).T.rename_axis("sample", axis=1)
