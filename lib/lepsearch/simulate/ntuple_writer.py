"""Chunks of a sample, from the generator to ROOT ntuples as those of ATLAS's open data of 2020.

Units are MeV, rad and mm as there. Written are the event's identity, weights, triggers, leptons,
jets and missing momentum; not photons, hadronic taus, large jets and systematic variations, which
the response does not make. ``mcWeight`` is the generator's weight over the number of an event's
copies (which have one ``eventNumber``), times the probability of its false leptons; ``SumWeights``
is of generator weights alone. Arrays share the counters ``lep_n`` and ``jet_n`` where the release
has ``std::vector``: uproot and ROOT's RDataFrame read both as the same type.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

from lepsearch.constants import ELECTRON, MUON
from lepsearch.simulate.arrays import count
from lepsearch.simulate.particles import EventView, view_events
from lepsearch.simulate.process import Process
from lepsearch.simulate.pythia import NO_PARTICLES
from lepsearch.simulate.response import MeasuredEvents, measure
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.umeps import event_source

__all__ = ("RECORD", "Chunk", "columns", "make_chunk", "write_ntuple", "write_sample")

TREE = "mini"
RECORD = "recipe"  # key of the text that says how the file was made
RUN_NUMBER = 284500  # what the release's simulation has
MEV = 1000.0
BASKET = 50_000  # events a basket
TOGETHER = 4  # batches that are measured at once
SCALE_FACTORS = ("PILEUP", "ELE", "MUON", "PHOTON", "TAU", "BTAG", "LepTRIGGER", "PhotonTRIGGER")


def columns(events: MeasuredEvents, first_number: int) -> ak.Array:
    """The branches of a batch, a record an event, with lists of leptons (``lep``) and ``jet``.

    GeV become MeV, types are the release's. The first event that was generated for the batch has
    ``first_number`` in the sample.
    """
    n = len(events.place)
    leptons, jets = events.leptons, events.jets
    fired = {
        kind: count(leptons.event[events.matched & (leptons.kind == kind)], n) > 0
        for kind in (ELECTRON, MUON)
    }
    lepton = {
        "truthMatched": leptons.prompt,
        "trigMatched": events.matched,
        "pt": _mev(leptons.pt),
        "eta": leptons.eta.astype(np.float32),
        "phi": leptons.phi.astype(np.float32),
        "E": _mev(leptons.energy),
        "z0": _coarse(leptons.z0),
        "charge": leptons.charge.astype(np.int32),
        "type": leptons.kind.astype(np.uint32),
        "isTightID": leptons.tight,
        "ptcone30": _coarse(MEV * leptons.track_cone),
        "etcone20": _coarse(MEV * leptons.calorimeter_cone),
        "trackd0pvunbiased": _coarse(leptons.d0),
        "tracksigd0pvunbiased": _coarse(leptons.d0_significance),
    }
    jet = {
        "pt": _mev(jets.pt),
        "eta": jets.eta.astype(np.float32),
        "phi": jets.phi.astype(np.float32),
        "E": _mev(jets.energy),
        "jvt": _coarse(jets.vertex),
        "trueflav": jets.flavour.astype(np.int32),
        "truthMatched": jets.hard,
        "MV2c10": _coarse(jets.score),
    }
    event = {
        "eventNumber": (first_number + events.place).astype(np.int32),
        "mcWeight": events.weight.astype(np.float32),
        "trigE": fired[ELECTRON],
        "trigM": fired[MUON],
        "met_et": _mev(events.missing_pt),
        "met_phi": events.missing_phi.astype(np.float32),
        "lep": ak.unflatten(ak.zip(lepton), count(leptons.event, n)),
        "jet": ak.unflatten(ak.zip(jet), count(jets.event, n)),
    }
    return ak.zip(event, depth_limit=1)


def _mev(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return (values * MEV).astype(np.float32)


def _coarse(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Rounded to eleven bits, far below any resolution, so that a file takes a fifth less."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(mantissa * 2**11) / 2**11, exponent).astype(np.float32)


def write_ntuple(
    path: Path,
    events: ak.Array,
    *,
    dsid: int,
    cross_section_pb: float,
    sum_of_weights: float,
    record: str,
) -> None:
    """Write one sample.

    Args:
        path: The file; replaced if there.
        events: All its events, as `columns` gives them.
        dsid: Number of the sample (``channelNumber``).
        cross_section_pb: Cross section of what was generated [pb].
        sum_of_weights: Sum of the generator weights of all generated events, kept or not.
        record: How the file was made, kept beside the tree.
    """
    n = len(events)
    branches: dict[str, Any] = {
        "runNumber": np.full(n, RUN_NUMBER, np.int32),
        "channelNumber": np.full(n, dsid, np.int32),
        **{f"scaleFactor_{one}": np.ones(n, np.float32) for one in SCALE_FACTORS},
        "trigP": np.zeros(n, dtype=bool),
        "XSection": np.full(n, cross_section_pb, np.float32),
        "SumWeights": np.full(n, sum_of_weights, np.float32),
        **dict(zip(ak.fields(events), ak.unzip(events), strict=True)),
    }
    with uproot.recreate(path, compression=uproot.ZLIB(4)) as file:
        tree = file.mktree(
            TREE,
            {name: ak.type(values).content for name, values in branches.items()},
            counter_name=lambda collection: f"{collection}_n",
            field_name=lambda collection, field: f"{collection}_{field}",
        )
        for start in range(0, n, BASKET):
            tree.extend({name: one[start : start + BASKET] for name, one in branches.items()})
        file[RECORD] = record


@dataclass(frozen=True)
class Chunk:
    """Some events of a sample."""

    columns: ak.Array  # branches of the events that were kept
    generated: int  # number of all events, hard ones where only some are made whole
    whole: int  # number of events that were made whole
    sum_of_weights: float  # of all their generator weights
    cross_section_pb: tuple[float, float]  # Pythia's cross section, and its statistical error [pb]


def make_chunk(process: Process, seed: int, number: int, first: int, events: int) -> Chunk:
    """Generate one chunk and pass it through the detector.

    The sample's seed and the chunk's number decide its events, whose own numbers begin at
    ``first``.
    """
    randomness = np.random.SeedSequence([seed, number])
    generator = event_source(process, int(randomness.generate_state(1)[0]))
    rng = np.random.default_rng(randomness.spawn(1)[0])
    table, how = Response(), process.treatment
    look = (generator.kinds, rng, table, how.min_leptons)
    batches, kept, whole = generator.batches(events), [], 0
    while views := [view_events(one, *look) for one in islice(batches, TOGETHER)]:
        view = EventView.joined(views)
        kept.append(columns(measure(view, rng, table, how), first + whole))
        whole += view.generated
    if not kept:
        kept = [columns(measure(view_events(NO_PARTICLES, *look), rng, table, how), first)]
    result = ak.concatenate(kept)
    return Chunk(result, events, whole, generator.sum_of_weights, generator.cross_section_pb)


def write_sample(
    path: Path, chunks: Sequence[Chunk], recipe: Mapping[str, Any], digest: str
) -> None:
    """Put the chunks together into a file, with a record of how it was made.

    The recipe's ``cross_section_pb``, if not None, replaces Pythia's times ``factor``.
    """
    generated = sum(one.generated for one in chunks)
    shares = np.array([one.generated for one in chunks]) / generated
    pythia = float(shares @ [one.cross_section_pb[0] for one in chunks])
    errors = shares * [one.cross_section_pb[1] for one in chunks]
    sum_of_weights = sum(one.sum_of_weights for one in chunks)
    stated = recipe["cross_section_pb"]
    events = ak.concatenate([one.columns for one in chunks])
    record = {
        "digest": digest,
        "generated": generated,
        "whole": sum(one.whole for one in chunks),
        "kept": len(events),
        "sum_of_weights": sum_of_weights,
        "cross_section_pb": pythia,
        "cross_section_error_pb": float(np.sqrt(np.sum(errors**2))),
        "recipe": recipe,
    }
    write_ntuple(
        path,
        events,
        dsid=recipe["dsid"],
        cross_section_pb=pythia * recipe["factor"] if stated is None else stated,
        sum_of_weights=sum_of_weights,
        record=json.dumps(record),
    )
