"""The rapidity-mass matrix (RMM) of events: one square array of energies, masses and angles each.

S. V. Chekanov, Nucl. Instrum. Methods A 931 (2019) 92 (arXiv:1805.11650); thesis A, section 3.
What a cell holds, and its name, says ``rmm.layout``. Authors differ in details: these are
``Conventions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError, nearest
from lepsearch.rmm.conventions import DEFAULT, Conventions
from lepsearch.rmm.kernel import (
    FARTHEST,
    KEPT,
    LARGEST,
    SMALLEST,
    fill_missing,
    fill_pairs,
    fill_type,
)
from lepsearch.rmm.layout import Layout, is_a
from lepsearch.rmm.objects import Objects, Parts, floating

__all__ = ("present", "rmm")

_CHUNK = 2048  # events: fit a core's cache, and keep it busy for long beside the Python around


def rmm(
    objects: Mapping[str, Objects],
    missing_pt: ArrayLike,
    missing_phi: ArrayLike,
    layout: Layout,
    conventions: Conventions = DEFAULT,
    *,
    threads: int = 1,
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Rapidity-mass matrices of n events.

    Cells of absent objects are 0, as in both references; as 0 can also be a value (of h, hL and deT
    in particular), ``present`` tells the two apart. Of more objects than the layout has room for,
    the leading ones are taken.

    Objects that do not fall in pT are refused and not sorted, since their order is part of what the
    matrix means and a wrong one points to a mistake before; ``Objects.sorted`` sorts. Where the
    missing momentum is 0, its row is 0. deT can be negative by a little, where a heavier jet of
    lower pT has more transverse energy.

    Args:
        objects: Objects of each type of the layout; others are not looked at.
        missing_pt: Missing transverse momentum, shape (n,) [GeV].
        missing_phi: Its azimuth, shape (n,) [rad].
        layout: Types and multiplicities.
        conventions: Definitions.
        threads: Events are shared among so many threads.
        out: Where to write, shape (n, size, size). Who treats events block by block saves the
            time that fresh memory takes, which is a sixth of all.

    Returns:
        Matrices, shape (n, size, size), without NaN; energies and masses in GeV, or in units of
        ``sqrt_s``.

    Raises:
        InputError: A type is missing, numbers of events differ, ``out`` has another shape or type,
            or an event can't be described: its pt lie beyond 1e-9 to 1e9 GeV, a mass or an azimuth
            beyond 1e9, a pseudorapidity beyond 40.
    """
    missing_pt, missing_phi = (
        _one_an_event(name, values)
        for name, values in (("missing_pt", missing_pt), ("missing_phi", missing_phi))
    )
    if not is_a(threads, Integral) or threads < 1:
        msg = f"rmm: expected threads as a whole number, 1 or more, got {threads!r}"
        raise InputError(msg)
    events = len(missing_pt)
    _check(objects, layout, events, missing_phi)
    leading = [_leading(objects[name], number) for name, number in layout.types]
    settings = _settings(conventions)
    matrices = _place(out, (events, layout.size, layout.size))

    def work(first: int) -> None:
        """Fill a share of the events, each chunk while it is in the core's cache."""
        workspace = _Workspace.of(layout)
        last = min(first + share, events)
        for start in range(first, last, _CHUNK):
            chunk = slice(start, min(start + _CHUNK, last))
            parts = [tuple(part[chunk] for part in one) for one in leading]
            matrices[chunk] = 0.0
            _fill(
                parts, (missing_pt[chunk], missing_phi[chunk]), layout, settings,
                workspace, start, matrices[chunk],
            )  # fmt: skip

    # each thread writes to memory side by side, so that no two ask the system for the same page
    share = max(1, -(-events // threads))
    if threads == 1:
        work(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(0, events, share)))
    return matrices


def _one_an_event(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """The missing momentum's size or azimuth as an array, masked values as NaN."""
    made = floating(f"rmm: expected {name} as numbers of shape (n,)", values).astype(
        np.float64, copy=False
    )
    if made.ndim != 1:
        msg = f"rmm: expected {name} of shape (n,), one an event, got shape {made.shape}"
        raise InputError(msg)
    return made


def _place(out: NDArray[np.float32] | None, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Where matrices are written: the array given, if it is fit for that, or a new one."""
    if out is None:
        return np.empty(shape, dtype=np.float32)
    if not is_a(out, np.ndarray):
        msg = f"rmm: expected `out` as an array of shape {shape}, got {type(out).__name__}"
        raise InputError(msg)
    if out.shape != shape or out.dtype != np.float32 or not out.flags.carray:
        msg = f"rmm: expected `out` of shape {shape}, float32, in C order and writable, got shape "
        msg += f"{out.shape}, {out.dtype}"
        raise InputError(msg)
    return out


class _Workspace(NamedTuple):
    """What the kernel keeps of the events of a chunk, see ``rmm.kernel.fill_type``."""

    missing: NDArray[np.float64]
    kept: NDArray[np.float64]
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, layout: Layout) -> _Workspace:
        shape = (_CHUNK, layout.places)
        return cls(
            np.empty((3, _CHUNK)), np.empty((*shape, KEPT)),
            np.empty(shape, np.int64), np.empty(_CHUNK, np.int64),
        )  # fmt: skip


def _fill(
    leading: Sequence[Parts],
    missing: tuple[NDArray[np.float64], NDArray[np.float64]],
    layout: Layout,
    settings: tuple[bool, bool, bool, bool, float, float],
    workspace: _Workspace,
    start: int,
    matrices: NDArray[np.float32],
) -> None:
    """Fill the matrices of one chunk of events, the first of which has the number ``start``."""
    momentum, kept, rows, counts = workspace
    counts = counts[: len(matrices)]
    if not fill_missing(*missing, settings[-1], momentum, counts, matrices):
        bad = int(np.argmax(~((missing[0] >= 0) & (missing[0] + np.abs(missing[1]) <= LARGEST))))
        what = f"a missing momentum that is negative, not finite or beyond {LARGEST:g} GeV"
        got = f"missing_pt={missing[0][bad]:g}, missing_phi={missing[1][bad]:g}"
        raise _refused(start + bad, what, got)
    for (name, block), parts in zip(layout.blocks.items(), leading, strict=True):
        where = (kept, rows, counts, matrices)
        if not fill_type(*parts, momentum, block.start, settings, *where):
            raise _unsound(name, parts, start)
    fill_pairs(kept, rows, counts, *settings[-2:], matrices)


def _unsound(name: str, parts: Parts, start: int) -> InputError:
    """The error for the first event whose objects of a type are not as they should be."""
    pt, _, phi, mass = parts
    there = ~np.isnan(pt)
    unphysical = there & ~((pt > 0) & (mass >= 0) & np.isfinite(parts).all(axis=0))
    beyond = there & ((pt < SMALLEST) | (np.maximum(pt, mass + np.abs(phi)) > LARGEST))
    after_absent, risen = np.zeros_like(there), np.zeros_like(there)
    after_absent[:, 1:], risen[:, 1:] = there[:, 1:] & ~there[:, :-1], pt[:, 1:] > pt[:, :-1]
    far = there & (np.abs(parts[1]) > FARTHEST)
    problems = {
        "an object with pt <= 0, mass < 0 or a component that is not finite": unphysical,
        f"an object with pt < {SMALLEST:g}, or pt, mass or |phi| > {LARGEST:g}": beyond,
        f"an object of |eta| > {FARTHEST:g}; mask placeholders as NaN": far,
        "an object after an absent one of its type": after_absent,
        "objects that do not fall in pt; `Objects.sorted` sorts them": risen,
    }
    events = {what: bad.any(axis=1) for what, bad in problems.items() if bad.any()}
    what = min(events, key=lambda one: int(np.argmax(events[one])))
    event = int(np.argmax(events[what]))
    place = int(np.argmax(problems[what][event]))
    values = zip(("pt", "eta", "phi", "mass"), parts, strict=True)
    got = ", ".join(f"{part}={float(x[event, place]):g}" for part, x in values)
    return _refused(start + event, what, f"{name} {place + 1} with {got}")


def _refused(event: int, what: str, got: str) -> InputError:
    return InputError(f"rmm: event {event} has {what}; got {got}")


def _leading(objects: Objects, number: int) -> Parts:
    """The leading objects, as the kernel takes them: single or double precision, C order."""
    single = all(part.dtype == np.float32 for part in objects)
    kind = np.float32 if single else np.float64
    return tuple(np.ascontiguousarray(part[:, :number], dtype=kind) for part in objects)


def present(objects: Mapping[str, Objects], layout: Layout) -> NDArray[np.bool_]:
    """Whether a cell's objects are there: the complement of the islands.

    Args:
        objects: Objects of each type of the layout.
        layout: Types and multiplicities.

    Returns:
        Shape (n, size, size); the missing momentum is always there.
    """
    events = len(next(iter(objects.values()), ()))
    _check(objects, layout, events)
    there = np.zeros((events, layout.size), dtype=bool)
    there[:, 0] = True
    for name, block in layout.blocks.items():
        pt = objects[name].pt[:, : block.stop - block.start]
        there[:, block.start : block.start + pt.shape[1]] = ~np.isnan(pt)
    return np.asarray(there[:, :, None] & there[:, None, :])


def _settings(conventions: Conventions) -> tuple[bool, bool, bool, bool, float, float]:
    """The conventions as the kernel takes them."""
    return (
        conventions.rapidity_gap == "half",
        conventions.first_row == "transverse_mass",
        conventions.transverse_energy == "sine",
        conventions.imbalance == "momentum",
        float(conventions.angle_scale),
        1.0 if conventions.sqrt_s is None else 1.0 / conventions.sqrt_s,
    )


def _check(
    objects: Mapping[str, Objects], layout: Layout, events: int, *others: NDArray[Any]
) -> None:
    for name, _ in layout.types:
        if name not in objects:
            msg = f"rmm: no objects of type {name!r}; near: {nearest(name, objects)}; "
            msg += "`Objects.none(n)` if there are none"
            raise InputError(msg)
        if not is_a(objects[name], Objects):
            msg = f"rmm: expected {name!r} as `Objects`, got {type(objects[name]).__name__}"
            raise InputError(msg)
    lengths = {name: len(objects[name]) for name, _ in layout.types}
    if any(length != events for length in (*lengths.values(), *map(len, others))):
        msg = f"rmm: expected all arrays of {events} events, got {lengths}"
        msg += "".join(f" and {len(other)} azimuths" for other in others)
        raise InputError(msg)
