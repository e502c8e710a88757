"""Chunks of a sample, from the generator to the branches, and the file that they make together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lepsearch.simulate.ntuple_writer import Columns, columns, join, write_ntuple
from lepsearch.simulate.particles import EventView, view_events
from lepsearch.simulate.process import Process
from lepsearch.simulate.response import measure
from lepsearch.simulate.response_table import Response
from lepsearch.simulate.umeps import event_source

__all__ = ("Chunk", "make_chunk", "write_sample")


@dataclass(frozen=True)
class Chunk:
    """Some events of a sample.

    Attributes:
        columns: Branches of the events that were kept.
        generated: Number of all events.
        sum_of_weights: Of all their generator weights.
        cross_section_pb: Pythia's cross section, and its statistical error [pb].
    """

    columns: Columns
    generated: int
    sum_of_weights: float
    cross_section_pb: tuple[float, float]


def make_chunk(process: Process, seed: int, number: int, first: int, events: int) -> Chunk:
    """Generate one chunk and pass it through the detector.

    Args:
        process: What to make.
        seed: The sample's seed.
        number: The chunk's number; it and the seed decide the events.
        first: Number of the chunk's first event in the sample.
        events: How many to generate.
    """
    randomness = np.random.SeedSequence([seed, number])
    generator = event_source(process, int(randomness.generate_state(1)[0]))
    rng = np.random.default_rng(randomness.spawn(1)[0])
    table, how = Response(), process.treatment
    view = EventView.joined(
        [
            view_events(particles, generator.kinds, rng, table, how.min_leptons)
            for particles in generator.batches(events)
        ]
    )
    kept = columns(measure(view, rng, table, how), first)
    return Chunk(kept, events, view.sum_of_weights, generator.cross_section_pb)


def write_sample(
    path: Path, chunks: Sequence[Chunk], recipe: Mapping[str, Any], digest: str
) -> None:
    """Put the chunks together into a file, with a record of how it was made.

    Args:
        path: The file.
        chunks: All chunks of the sample, in order.
        recipe: What the file follows from; ``cross_section_pb``, if not None, replaces Pythia's
            times ``factor``.
        digest: The recipe's checksum.
    """
    generated = sum(one.generated for one in chunks)
    shares = np.array([one.generated for one in chunks]) / generated
    pythia = float(shares @ [one.cross_section_pb[0] for one in chunks])
    errors = shares * [one.cross_section_pb[1] for one in chunks]
    sum_of_weights = sum(one.sum_of_weights for one in chunks)
    stated = recipe["cross_section_pb"]
    events = join([one.columns for one in chunks])
    record = {
        "digest": digest,
        "generated": generated,
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
