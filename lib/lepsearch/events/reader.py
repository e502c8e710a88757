"""Ntuples in, events out: one in-memory model (``records``), a layout for each kind of file.

The layout of the 2020 release is verified on real files. That of 2025 follows the published branch
list and notebooks; no file of that release was at hand, so it has only ever read files that the
tests write to that list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from traceback import walk_tb
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

from lepsearch.data.layout import Layout, branches, releases, the_layout
from lepsearch.errors import InputError, nearest
from lepsearch.events.columns import Table, check_shape
from lepsearch.events.plausibility import refuse_implausible
from lepsearch.events.records import Events, Jets, Leptons

__all__ = ("RECIPE", "open_tree", "ranges", "read")

CHUNK = 100_000  # entries read at once; a worker takes some 100 MB to select from them

COPIES = 100  # entries in a row that one event may have; more are events without numbers
RECIPE = "recipe"  # beside the tree of a file of our own: how it was made, as JSON

# Reading is mostly decompression, and isal is a third faster than zlib. `uproot.ZLIB.library`, the
# documented way to choose it, changes how files are written, not how they are read (uproot 5.7).
uproot.compression._decompress_ZLIB.library = "isal"

_OTHERS = {  # by the tree that a file of another kind has
    "CollectionTree": "this looks like an ATLAS DAOD (PHYSLITE) file, which is not supported",
    "Events": "this looks like a CMS NanoAOD file: describe its branches in a layout file",
    "Delphes": "this looks like a Delphes file: describe its branches in a layout file",
}

Columns = dict[str, NDArray[Any]]


@contextmanager
def open_file(path: Path) -> Iterator[Any]:
    """Open a ROOT file and turn every failure to read it into one clear error.

    Broken files often fail late, in the caller's block; what fails there outside uproot is not the
    file's fault and passes as it is.
    """
    path = Path(path)  # a notebook may give a string
    if not path.is_file() or not path.stat().st_size:
        what = "the file is empty (0 bytes)" if path.is_file() else "no such file"
        what = "is a folder, not a file" if path.is_dir() else what
        msg = f"{path}: {what}; fetch, copy or simulate it"
        raise InputError(msg)
    try:
        with uproot.open(path) as file:
            yield file
    except InputError:
        raise
    except Exception as error:  # uproot meets broken files with many kinds of exception
        modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
        if not any(name.split(".")[0] == "uproot" for name in modules):
            raise
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        msg = f"{path}: not readable as a ROOT file ({reason}); it may be truncated: get it again"
        raise InputError(msg) from error


@contextmanager
def open_tree(path: Path, layout: Layout) -> Iterator[Any]:
    """Open a layout's tree or RNTuple; every failure is one clear error."""
    with open_file(path) as file:
        names = {key.split(";")[0] for key in file.keys(recursive=False)}
        if layout.tree not in names:  # it may lie in a directory
            names = {key.split(";")[0] for key in file.keys(recursive=True)}
        found = sorted(one for one in names if layout.tree in (one, one.split("/")[-1]))
        if len(found) != 1 and layout.tree not in found:
            trees = {one.split("/")[-1] for one in names}
            near = ", ".join(map(repr, found)) or nearest(layout.tree, trees)
            hint = "keep one of them" if found else _hint(trees)
            msg = f"{path}: expected a tree {layout.tree!r}, found {near}; {hint}"
            raise InputError(msg)
        tree = file[layout.tree if layout.tree in found else found[0]]
        if not isinstance(tree, uproot.TTree | uproot.behaviors.RNTuple.RNTuple):
            kind = file.classname_of(found[0]).split("::")[-1]
            msg = f"{path}: {layout.tree!r} is of class {kind}, expected a TTree or an RNTuple"
            raise InputError(msg)
        yield tree


def _hint(trees: set[str]) -> str:
    """What to do with a file that has these trees."""
    others = {one.tree: f"the tree of {one.name}: set that" for one in releases().values()}
    return next(
        (hint for tree, hint in (_OTHERS | others).items() if tree in trees), "check the layout"
    )


def ranges(path: Path, layout: Layout | str, *, simulated: bool) -> list[tuple[int, int]]:
    """First entries of pieces of a file, and the ones after their last; some ``CHUNK`` each.

    Pieces end where the file's compressed blocks end, so that no block is decompressed twice; only
    blocks of more than twice ``CHUNK`` are cut. Copies of an event stay in one piece.

    Raises:
        InputError: The file can't be read, has no tree of this release, or no such is known.
    """
    layout = the_layout(layout)
    with open_tree(path, layout) as tree:
        entries = int(tree.num_entries)
        names = list(layout.needed(simulated=simulated))
        if isinstance(tree, uproot.TTree):
            ends = tree.common_entry_offsets(filter_name=names) if entries else []
        else:
            ends = [one.num_first_entry + one.num_entries for one in tree.ntuple.cluster_summaries]
        result, start = [], 0
        while start < entries:
            within = [int(end) for end in ends if start < end <= start + 2 * CHUNK]
            small = [end for end in within if end <= start + CHUNK]
            stop = max(small) if small else min(within, default=min(start + CHUNK, entries))
            if simulated:
                stop = _end_of_event(path, tree, layout, stop)
            result.append((start, stop))
            start = stop
    return result


def _end_of_event(path: Path, tree: Any, layout: Layout, stop: int) -> int:
    """The first place from ``stop`` on where no copies of one event are parted."""
    texts = {"run": layout.event.run, "event": layout.event.event}
    names = list(chain.from_iterable(map(branches, texts.values())))
    around = tree.arrays(filter_name=names, entry_start=stop - 1, entry_stop=stop + COPIES)
    known = Table(path, layout, "event", texts, around)
    same = np.logical_and(*(known[one] == known[one][0] for one in texts))
    if same.all():  # up to the end of the file, or no copies at all
        return stop if len(same) > COPIES else stop - 1 + len(same)
    return stop - 1 + int(np.argmin(same))


def _stated(path: Path, layout: Layout, arrays: ak.Array) -> dict[str, tuple[Any, ...]]:
    """Each value found of what a file says of its sample; of what it doesn't say, none."""
    found: dict[str, Any] = {
        "cross_section_pb": layout.cross_section,
        "sum_of_weights": (layout.sum_of_weights,),
        "channel": (layout.channel,),
    }
    for quantity, names in found.items():
        values = np.ones(0)
        if len(arrays) and names and set(names) <= set(arrays.fields):
            for name in names:
                check_shape(path, name, arrays[name], layout, lists=False)
            values = np.prod([np.asarray(arrays[one], dtype=float) for one in names], axis=0)
        constant = len(values) and (values == values[0]).all()
        found[quantity] = tuple((values[:1] if constant else np.unique(values)).tolist())
    return found


def read(
    path: Path, layout: Layout | str, *, simulated: bool, start: int = 0, stop: int | None = None
) -> Events:
    """Read a file, or a range of its entries; only the branches that are needed.

    Args:
        path: ROOT file.
        layout: How its branches are called, or the release that says it.
        simulated: Whether generator weights and scale factors apply.
        start, stop: First entry, and the one after the last; all by default. ``ranges`` gives
            pieces that fit in memory.

    Raises:
        InputError: A broken file, another format, a missing branch, one of another shape, unit or
            code, a weight that is not finite, an unknown release, or entries that are counted from
            the end.
    """
    layout = the_layout(layout)
    if start < 0 or (stop is not None and stop < start):
        msg = f"{path}: entries {start} to {stop}, expected a first one of 0 or more and a last "
        msg += "one that is not before it"
        raise InputError(msg)
    needed = layout.needed(simulated=simulated)
    with open_tree(path, layout) as tree:
        present = set(tree.keys(full_paths=False))
        if missing := needed.keys() - present:
            near = (
                f"{one!r} for {needed[one]} (nearest present: {nearest(one, present)})"
                for one in needed
                if one in missing
            )
            msg = f"{path}: tree {tree.name!r} lacks {'; '.join(near)}; is it laid out as "
            msg += f"{layout.name} says?"
            raise InputError(msg)
        stating = {*layout.cross_section, layout.sum_of_weights, layout.channel} & present
        arrays = tree.arrays(
            filter_name=[*needed, *stating], entry_start=start, entry_stop=stop, array_cache=None
        )
        record = tree.file.root_directory.get(RECIPE)
        stated = _stated(path, layout, arrays) | {"recipe": (str(record),) if record else ()}
        if "/" in layout.sum_of_weights:  # of another tree, with an entry for each part of the file
            if (parts := tree.file.root_directory.get(layout.sum_of_weights)) is None:
                msg = f"{path}: has no {layout.sum_of_weights!r}, which is the sum_of_weights of "
                raise InputError(msg + f"{layout.name}; name a tree/branch that is there, or none")
            stated["sum_of_weights"] = (float(np.sum(parts.array())),)
    events = _events(path, layout, arrays, simulated=simulated)
    refuse_implausible(path, layout, events)
    return replace(events, original=events.original + start, stated=stated)


def _events(path: Path, layout: Layout, arrays: ak.Array, *, simulated: bool) -> Events:
    texts, factors = dict(layout.event), dict(layout.scale_factors)
    if not simulated:
        texts, factors = texts | {"generator_weight": "1"}, dict.fromkeys(factors, ())
    texts |= {f"trigger.{region}": text for region, text in layout.trigger}
    texts |= {text: text for text in chain.from_iterable(factors.values())}
    event = Table(path, layout, "event", texts, arrays)
    weight = event["generator_weight"].astype(float)
    trigger = np.empty(len(arrays), [(region, bool) for region in factors])
    factor = np.ones(len(arrays), [(region, float) for region in factors])
    for region, names in factors.items():
        trigger[region] = event[f"trigger.{region}"]
        for name in names:
            factor[region] *= event[name]
        if not np.all(good := np.isfinite(weight * factor[region])):
            bad = event["event"][~good][:3].tolist()
            msg = f"{path}: the weight of event {bad} is not a finite number, so no yield can be "
            msg += "right; remove these events and correct the sum of weights"
            raise InputError(msg)
    n_leptons, lepton = _objects(path, layout, "leptons", arrays, simulated=simulated)
    lepton |= {name: lepton[name].astype(np.int32) for name in ("charge", "flavour")}
    lepton["flavour"] = np.abs(lepton["flavour"])  # some write the PDG's numbers, with signs
    lepton["d0_significance"] = np.abs(lepton["d0_significance"], dtype=np.float64)
    fake = ~lepton.pop("prompt", np.ones(n_leptons.sum(), dtype=bool))
    n_jets, jet = _objects(path, layout, "jets", arrays, simulated=simulated)
    place, (run, number) = np.arange(len(arrays)), (event[name] for name in ("run", "event"))
    for branch, values, bits in ((layout.event.run, run, 32), (layout.event.event, number, 64)):
        _refuse_inexact(path, branch, values, bits)
    place[1:][(run[1:] == run[:-1]) & (number[1:] == number[:-1])] = 0  # the copies
    original = np.maximum.accumulate(place)
    if (row := np.bincount(original).max(initial=0)) > COPIES:
        msg = f"{path}: {layout.event.event} is the same in {row} entries in a row, as if they "
        raise InputError(msg + "were copies of one event; each event of a run needs a number")
    return Events(
        run=run.astype(np.uint32),
        event=number.astype(np.uint64),
        original=original,
        generator_weight=weight,
        scale_factor=factor,
        trigger=trigger,
        leptons=Leptons(n_leptons, **lepton, fake=fake),
        jets=Jets(n_jets, **jet),
        missing_pt=event["missing_pt"].astype(float) * layout.gev,
        missing_phi=event["missing_phi"].astype(float),
    )


def _refuse_inexact(path: Path, branch: str, values: NDArray[Any], bits: int) -> None:
    """Complain of numbers of runs or events that are not whole, or that their type rounds."""
    if values.dtype.kind == "f":
        bits = np.finfo(values.dtype).nmant + 1
    if not np.all(good := (values == np.floor(values)) & (np.abs(values) < 2.0**bits)):
        msg = f"{path}: {branch} is {values[~good][0]} of type {values.dtype}, expected a whole "
        raise InputError(msg + f"number below 2^{bits}, to be held exactly; write it as an integer")


def _objects(
    path: Path, layout: Layout, what: str, arrays: ak.Array, *, simulated: bool
) -> tuple[NDArray[np.int64], Columns]:
    """Number of each event's objects, and columns of those of all events [GeV], falling in pt."""
    parts: list[Columns] = []
    for one in getattr(layout, what):
        texts = {field: text for field, text in one if text and (simulated or field != "prompt")}
        table = Table(path, layout, what, texts, arrays)
        if table.padded:
            table.keep(table["pt"] > 0)
        if one.keep:
            table.keep(table["keep"])
        found = {field: table[field] for field in texts if field != "keep"}
        found["place"] = table.place
        for field in found.keys() & {"pt", "energy"}:
            found[field] = found[field] * np.float64(layout.gev)
        for field in found.keys() & {"eta", "phi", "z0", "jvt"}:
            found[field] = found[field].astype(np.float64)
        if "energy" not in found:
            found["energy"] = found["pt"] * np.cosh(found["eta"])
        parts.append(found)
    columns = parts[0]
    if len(parts) > 1:
        columns = {field: np.concatenate([part[field] for part in parts]) for field in columns}
    place, pt = columns.pop("place"), columns["pt"]
    further = np.diff(place)
    if not np.all((further > 0) | ((further == 0) & (np.diff(pt) <= 0))):  # most files are in order
        order = np.lexsort((-pt, place))
        columns = {field: column[order] for field, column in columns.items()}
    return np.bincount(place, minlength=len(arrays)), columns
