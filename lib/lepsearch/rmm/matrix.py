"""The rapidity-mass matrix (RMM) of events: one square array of energies, masses and angles each.

S. V. Chekanov, Nucl. Instrum. Methods A 931 (2019) 92 (arXiv:1805.11650); thesis A, section 3.
What a cell holds, and its name, says ``rmm.layout``. Authors differ in details: these are
``Conventions``.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepsearch.errors import InputError, nearest
from lepsearch.rmm.conventions import DEFAULT, Conventions
from lepsearch.rmm.kernel import FARTHEST, KEPT, LARGEST, SMALLEST, fill_pairs, fill_type, is_sound
from lepsearch.rmm.layout import Layout
from lepsearch.rmm.momenta import FourMomenta, floating

__all__ = ("present", "rmm")

_CHUNK = 2048  # events: fit a core's cache, and keep it busy for long beside the Python around


def rmm(
    objects: Mapping[str, FourMomenta],
    missing_pt: ArrayLike,
    missing_phi: ArrayLike,
    layout: Layout,
    conventions: Conventions = DEFAULT,
    *,
    threads: int = 1,
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Compute the rapidity-mass matrices of n events.

    Cells of absent objects are 0, as in both references; as 0 can also be a value (of h, hL and deT
    in particular), ``present`` tells the two apart. Of more objects than the layout has room for,
    the leading ones are taken.

    Objects that do not fall in pT are refused and not sorted, since their order is part of what the
    matrix means and a wrong one points to a mistake before; ``FourMomenta.sorted`` sorts. Where the
    missing momentum is 0, its row is 0. deT can be negative by a little, where a heavier jet of
    lower pT has more transverse energy.

    Args:
        objects: Four-momenta of each type of the layout; others are not looked at.
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
    met, azimuth = (
        floating(name, values, 1).astype(float)
        for name, values in (("missing_pt", missing_pt), ("missing_phi", missing_phi))
    )
    events = len(met)
    _check(objects, layout, events, len(azimuth))
    sound = (met >= 0.0) & (met + np.abs(azimuth) <= LARGEST)
    if not sound.all():
        bad = int(np.argmin(sound))
        msg = f"rmm: event {bad} has a missing momentum that is negative, not finite or beyond "
        msg += f"{LARGEST:g} GeV; got missing_pt={met[bad]:g}, missing_phi={azimuth[bad]:g}"
        raise InputError(msg)
    shape = (events, layout.size, layout.size)
    matrices = np.empty(shape, dtype=np.float32) if out is None else out
    if matrices.shape != shape or matrices.dtype != np.float32 or not matrices.flags.carray:
        msg = f"rmm: expected `out` of shape {shape}, float32, in C order and writable, got shape "
        msg += f"{matrices.shape}, {matrices.dtype}"
        raise InputError(msg)
    leading = {name: _leading(objects[name], number) for name, number in layout.types}
    settings = _settings(conventions)

    def fill(first: int) -> None:
        """Fill a share of the events, each chunk while it is in the core's cache."""
        kept = np.empty((_CHUNK, layout.places, KEPT))
        rows = np.empty((_CHUNK, layout.places), np.int64)
        last = min(first + share, events)
        for start in range(first, last, _CHUNK):
            chunk = slice(start, min(start + _CHUNK, last))
            own = matrices[chunk]
            own[:] = 0.0
            own[:, 0, 0] = met[chunk] * settings[-1]
            angle = azimuth[chunk]
            momentum = met[chunk] * np.stack([np.ones(len(own)), np.cos(angle), np.sin(angle)])
            work = kept, rows, np.zeros(len(own), np.int64), own
            for name, block in layout.blocks.items():
                parts = [part[chunk] for part in leading[name]]
                if not fill_type(*parts, momentum, block.start, settings, *work):
                    raise _unsound(name, parts, start)
            fill_pairs(*work[:3], *settings[-2:], own)

    # each thread writes to memory side by side, so that no two ask the system for the same page
    share = max(1, -(-events // threads))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, events, share)))
    return matrices


def _unsound(name: str, parts: list[NDArray[np.floating[Any]]], start: int) -> InputError:
    """The error for the first event of a chunk whose objects of a type break the contract."""
    bad = next(i for i in range(len(parts[0])) if not is_sound(*(x[i : i + 1] for x in parts)))
    got = (f"{part} {x[bad]}" for part, x in zip(("pt", "eta", "phi", "mass"), parts, strict=True))
    msg = f"rmm: event {start + bad} has unsorted or unphysical objects of type {name!r}: expected "
    msg += f"pt falling (`FourMomenta.sorted`), {SMALLEST:g} to {LARGEST:g} GeV, then NaN for "
    msg += f"absent ones; |eta| <= {FARTHEST:g}, mass >= 0, mass + |phi| <= {LARGEST:g}; got "
    return InputError(msg + ", ".join(got))


def _leading(momenta: FourMomenta, number: int) -> list[NDArray[np.floating[Any]]]:
    """The leading objects, as the kernel takes them: single or double precision, C order."""
    kind = np.float32 if all(part.dtype == np.float32 for part in momenta) else np.float64
    return [np.ascontiguousarray(part[:, :number], dtype=kind) for part in momenta]


def present(objects: Mapping[str, FourMomenta], layout: Layout) -> NDArray[np.bool_]:
    """Tell the cells whose objects are there from those of absent ones, which ``rmm`` leaves at 0.

    The missing momentum is always there. Shape (n, size, size).
    """
    events = len(next(iter(objects.values()), ()))
    _check(objects, layout, events, events)
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


def _check(objects: Mapping[str, FourMomenta], layout: Layout, events: int, azimuths: int) -> None:
    """Refuse objects of which a type is missing, or which are not of as many events."""
    for name, _ in layout.types:
        if name not in objects:
            msg = f"rmm: no objects of type {name!r}; near: {nearest(name, objects)}; "
            msg += "`FourMomenta.none(n)` if there are none"
            raise InputError(msg)
    lengths = {name: len(objects[name]) for name, _ in layout.types}
    if {events} != {azimuths, *lengths.values()}:
        msg = f"rmm: expected all arrays of {events} events, got {lengths} and {azimuths} azimuths"
        raise InputError(msg)
