"""Every column of the skims in words, with its unit: the features, and what is beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lepsearch.events.features import FEATURES, FLCOMP, PAIR_KINDS
from lepsearch.events.objects import MATRIX_JETS

__all__ = ("COLUMNS", "Column")

PLACES = ("leading", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True)
class Column:
    """A column of the skims: what it is, and its unit (``GeV``, ``rad`` or none)."""

    title: str
    unit: str = ""


def _columns(region: str) -> Iterator[tuple[str, Column]]:
    """The columns of a region by name; weights as ``Dataset`` gives them, in expected events."""
    yield "run", Column("number of the run, or of the campaign of simulation")
    yield "event", Column("number of the event in its run")
    yield "original", Column("the event that the row is a copy of")
    yield "metphi", Column("azimuth of the missing transverse momentum", "rad")
    yield "n_baseline", Column("number of baseline leptons")
    yield "n_fake", Column("number of signal leptons that are fake, in simulation")
    for name, one in FEATURES[region].items():
        codes = f", of {', '.join(FLCOMP)}" if name == "flcomp" else ""
        yield name, Column(one.title + codes, one.unit)
    for i in range(2 if region == "dilepton" else 3):
        yield f"lep{i + 1}charge", Column(f"charge of the {PLACES[i]} lepton")
        yield f"lep{i + 1}flavour", Column(f"flavour of the {PLACES[i]} lepton: 11 or 13")
    if region == "dilepton":
        kinds = ", ".join(f"{i} {kind}" for i, kind in enumerate(PAIR_KINDS))
        yield "pair", Column(f"flavours and charges of the pair: {kinds}")
    else:
        parts = {"pt": ("transverse momentum", "GeV"), "eta": ("pseudorapidity", "")}
        parts |= {"phi": ("azimuth", "rad"), "m": ("mass", "GeV")}
        for prefix, kind in (("ljet", "light jet"), ("bjet", "b-jet")):
            for i in range(MATRIX_JETS):
                for part, (words, unit) in parts.items():
                    yield (
                        f"{prefix}{i + 1}{part}",
                        Column(f"{words} of the {PLACES[i]} {kind}", unit),
                    )
    yield "weight", Column("expected events; 1 in data")
    yield "sample", Column("name of the sample")
    yield "group", Column("its process group")
    yield "kind", Column("data, background or signal")


COLUMNS: Mapping[str, Mapping[str, Column]] = {one: dict(_columns(one)) for one in FEATURES}
