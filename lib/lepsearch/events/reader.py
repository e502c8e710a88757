"""Ntuples in, events out: one in-memory model (``events``), one adapter a release.

The 2020 adapter is verified on real files of that release. The 2025 adapter follows the
published branch list; no file of that release was at hand, so it has only ever read files
that the tests write to that list.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from traceback import walk_tb
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

from lepsearch.errors import InputError, nearest
from lepsearch.events.records import Events, Jets, Leptons
from lepsearch.events.releases import RELEASES, Adapter
from lepsearch.events.releases import adapter as known_release

__all__ = ("RECIPE", "open_tree", "ranges", "read")

CHUNK = 100_000  # entries read at once; a worker takes some 100 MB to select from them

COPIES = 1000  # entries that one event may have, where a piece would end
RECIPE = "recipe"  # beside the tree of a file of our own: how it was made, as JSON

# Reading is mostly decompression, and isal is a third faster than zlib. `uproot.ZLIB.library`, the
# documented way to choose it, changes how files are written, not how they are read (uproot 5.7).
uproot.compression._decompress_ZLIB.library = "isal"

_UNSUPPORTED = "this looks like %s, which is not supported"
_HINTS = {  # by the tree that a file of another kind has
    "CollectionTree": _UNSUPPORTED % "an ATLAS DAOD (PHYSLITE) file",
    "Events": _UNSUPPORTED % "a CMS NanoAOD or AOD file",
    "Delphes": _UNSUPPORTED % "a Delphes file",
} | {
    one.tree: f"tree {one.tree!r} belongs to the {one.name} release: set that release"
    for one in RELEASES.values()
}

Columns = dict[str, NDArray[Any]]


@contextmanager
def open_tree(path: Path, adapter: Adapter) -> Iterator[Any]:
    """Open a release's tree and turn every failure to read it into one clear error.

    Broken files often fail late, in the caller's block; what fails there outside uproot is not the
    file's fault and passes as it is.
    """
    path = Path(path)  # a notebook may give a string
    if not path.is_file() or not path.stat().st_size:
        what = "the file is empty (0 bytes)" if path.is_file() else "no such file"
        msg = f"{path}: {what}; fetch, copy or simulate it"
        raise InputError(msg)
    try:
        with uproot.open(path) as file:
            names = {key.split(";")[0] for key in file.keys(recursive=False)}
            if adapter.tree not in names:
                hint = next((_HINTS[one] for one in _HINTS if one in names), "check the release")
                near = nearest(adapter.tree, names)
                msg = f"{path}: expected a tree {adapter.tree!r}, found {near}; {hint}"
                raise InputError(msg)
            tree = file[adapter.tree]
            if not isinstance(tree, uproot.TTree):
                kind = file.classname_of(adapter.tree).split("::")[-1]
                msg = f"{path}: {adapter.tree!r} is of class {kind}, expected a TTree; "
                msg += "write it as one (in uproot: file.mktree)"
                raise InputError(msg)
            yield tree
    except InputError:
        raise
    except Exception as error:  # uproot meets broken files with many kinds of exception
        modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
        if not any(name.split(".")[0] == "uproot" for name in modules):
            raise
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        msg = f"{path}: not readable as a ROOT file ({reason}); it may be truncated: get it again"
        raise InputError(msg) from error


def ranges(path: Path, release: str, *, simulated: bool) -> list[tuple[int, int]]:
    """First entries of pieces of a file, and the ones after their last; some ``CHUNK`` each.

    Pieces end where the file's compressed blocks end, so that no block is decompressed twice; only
    blocks of more than twice ``CHUNK`` are cut. Copies of an event stay in one piece.

    Raises:
        InputError: The file can't be read, has no tree of this release, or no such is known.
    """
    adapter = known_release(release)
    with open_tree(path, adapter) as tree:
        entries = int(tree.num_entries)
        names = adapter.needed(simulated=simulated)
        ends = tree.common_entry_offsets(filter_name=names) if entries else []
        result, start = [], 0
        while start < entries:
            within = [int(end) for end in ends if start < end <= start + 2 * CHUNK]
            small = [end for end in within if end <= start + CHUNK]
            stop = max(small) if small else min(within, default=min(start + CHUNK, entries))
            if simulated:
                stop = _end_of_event(tree, adapter, stop)
            result.append((start, stop))
            start = stop
    return result


def _end_of_event(tree: Any, adapter: Adapter, stop: int) -> int:
    """The first place from ``stop`` on where no copies of one event are parted."""
    names = [adapter.event["run"], adapter.event["event"]]
    around = tree.arrays(names, entry_start=stop - 1, entry_stop=stop + COPIES, library="np")
    same = np.logical_and(*(one == one[0] for one in around.values()))
    if same.all():  # up to the end of the file, or no copies at all
        return stop if len(same) > COPIES else stop - 1 + len(same)
    return stop - 1 + int(np.argmin(same))


def _stated(path: Path, adapter: Adapter, arrays: ak.Array) -> dict[str, tuple[Any, ...]]:
    """Each value found of what a file says of its sample; of what it doesn't say, none."""
    found: dict[str, Any] = {
        "cross_section_pb": adapter.cross_section,
        "sum_of_weights": (adapter.sum_of_weights,),
        "channel": (adapter.channel,),
    }
    for quantity, branches in found.items():
        values = np.ones(0)
        if len(arrays) and set(branches) <= set(arrays.fields):
            for branch in branches:
                _check_shape(path, branch, arrays[branch], lists=False)
            values = np.prod([np.asarray(arrays[one], dtype=float) for one in branches], axis=0)
        constant = len(values) and (values == values[0]).all()
        found[quantity] = tuple((values[:1] if constant else np.unique(values)).tolist())
    return found


def read(
    path: Path, release: str, *, simulated: bool, start: int = 0, stop: int | None = None
) -> Events:
    """Read a file, or a range of its entries; only the branches that are needed.

    Args:
        path: ROOT file.
        release: A key of ``releases.RELEASES``.
        simulated: Whether generator weights and scale factors apply.
        start, stop: First entry, and the one after the last; all by default. ``ranges`` gives
            pieces that fit in memory.

    Raises:
        InputError: A broken file, another format, a missing branch, one of another shape, a weight
            that is not finite, an unknown release, or entries that are counted from the end.
    """
    adapter = known_release(release)
    if start < 0 or (stop is not None and stop < start):
        msg = f"{path}: entries {start} to {stop}, expected a first one of 0 or more and a last "
        msg += "one that is not before it"
        raise InputError(msg)
    names = adapter.needed(simulated=simulated)
    with open_tree(path, adapter) as tree:
        present = set(tree.keys(recursive=False))
        if missing := [name for name in names if name not in present]:
            near = (f"{one!r} (nearest present: {nearest(one, present)})" for one in missing)
            msg = f"{path}: tree {tree.name!r} lacks {'; '.join(near)}; "
            msg += "is it a file of another release?"
            raise InputError(msg)
        stating = {*adapter.cross_section, adapter.sum_of_weights, adapter.channel} & present
        arrays = tree.arrays(
            [*names, *stating], entry_start=start, entry_stop=stop, library="ak", array_cache=None
        )
        record = tree.file.root_directory.get(RECIPE)
        stated = _stated(path, adapter, arrays) | {"recipe": (str(record),) if record else ()}
    events = _events(path, adapter, arrays, simulated=simulated)
    return replace(events, original=events.original + start, stated=stated)


def _check_shape(path: Path, branch: str, array: ak.Array, *, lists: bool) -> None:
    """Complain of a branch that holds lists where numbers are expected, or the reverse."""
    if array.ndim != 1 + lists:
        expected = "a list" if lists else "one number"
        msg = f"{path}: branch {branch!r} is of type {array.type.content}, expected {expected} "
        msg += "an event; is it a file of another release?"
        raise InputError(msg)


def _events(path: Path, adapter: Adapter, arrays: ak.Array, *, simulated: bool) -> Events:
    of_leptons, of_jets = adapter.lepton | adapter.lepton_quality, adapter.jet
    if simulated and adapter.truth:
        of_leptons = of_leptons | {"matched": adapter.truth}
    of_objects = {*of_leptons.values(), *of_jets.values()}
    for name in adapter.needed(simulated=simulated):
        _check_shape(path, name, arrays[name], lists=name in of_objects)
    known = {k: np.asarray(arrays[v]) for k, v in adapter.event.items() if v in arrays.fields}
    weight, factor = np.ones((2, len(arrays)))
    if simulated:
        weight = known["generator_weight"].astype(float)
        for name in adapter.scale_factors:
            factor *= np.asarray(arrays[name], dtype=float)
    if not np.all(np.isfinite(weight * factor)):
        bad = known["event"][~np.isfinite(weight * factor)][:3].tolist()
        msg = f"{path}: the weight of event {bad} is not a finite number, so no yield can be "
        msg += "right; remove these events and correct the sum of weights"
        raise InputError(msg)
    n_leptons, lepton = _flat(path, "lepton", adapter, arrays, of_leptons)
    lepton |= {name: lepton[name].astype(np.int32) for name in ("charge", "flavour")}
    lepton["d0_significance"] = np.abs(lepton["d0_significance"], dtype=np.float64)
    grades = adapter.grade(lepton)
    fake = ~lepton.get("matched", np.ones(len(lepton["pt"]))).astype(bool)
    n_jets, jet = _flat(path, "jet", adapter, arrays, of_jets)
    b_tagged = jet.pop("b_tag").astype(np.float64) >= adapter.b_tag_cut
    fired = [np.asarray(arrays[name], dtype=bool) for name in adapter.triggers]
    place, (run, event) = np.arange(len(arrays)), (known[name] for name in ("run", "event"))
    place[1:][(run[1:] == run[:-1]) & (event[1:] == event[:-1])] = 0  # the copies
    return Events(
        run=known["run"].astype(np.uint32),
        event=known["event"].astype(np.uint64),
        original=np.maximum.accumulate(place),
        generator_weight=weight,
        scale_factor=factor,
        trigger=np.logical_or.reduce(fired),
        leptons=Leptons(
            n_leptons, **{name: lepton[name] for name in adapter.lepton}, **grades, fake=fake
        ),
        jets=Jets(n_jets, **jet, b_tagged=b_tagged),
        missing_pt=known["missing_pt"].astype(float) * adapter.gev,
        missing_phi=known["missing_phi"].astype(float),
    )


def _flat(
    path: Path, what: str, adapter: Adapter, arrays: ak.Array, branches: dict[str, str]
) -> tuple[NDArray[np.int64], Columns]:
    """Number of each event's objects, and columns of those of all events [GeV], falling in pt."""
    lists = {k: arrays[v].layout.to_ListOffsetArray64(True) for k, v in branches.items()}
    offsets = [one.offsets.data for one in lists.values()]
    if not all(np.array_equal(one, offsets[0]) for one in offsets[1:]):
        msg = f"{path}: the {what} branches hold different numbers of objects in one event"
        raise InputError(msg)
    columns = {name: ak.to_numpy(one.content) for name, one in lists.items()}
    for field in columns.keys() & {"pt", "energy", "ptcone", "etcone"}:
        columns[field] = columns[field] * np.float64(adapter.gev)
    for field in columns.keys() & {"eta", "phi", "z0", "jvt"}:
        columns[field] = columns[field].astype(np.float64)
    rises = np.diff(columns["pt"]) > 0
    starts = offsets[0][(offsets[0] > 0) & (offsets[0] <= len(rises))]
    rises[starts - 1] = False  # from event to event
    sizes = np.diff(offsets[0])
    if rises.any():  # most files have them in order
        event = np.repeat(np.arange(len(sizes)), sizes)
        order = np.lexsort((-columns["pt"], event))
        columns = {name: column[order] for name, column in columns.items()}
    return sizes, columns
