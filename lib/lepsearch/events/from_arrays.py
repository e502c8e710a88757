"""Events from a user's own arrays: awkward lists, or NumPy arrays padded with NaN."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import awkward as ak
import numpy as np
from numpy.typing import ArrayLike

from lepsearch.data.layout import Layout
from lepsearch.errors import InputError, one_of
from lepsearch.events.objects import SelectedEvents
from lepsearch.events.plausibility import refuse_implausible
from lepsearch.events.records import Jets, Leptons, Lists
from lepsearch.events.selection import finite

__all__ = ("events_from",)

LEPTON = {
    "z0": 0.0, "d0_significance": 0.0, "tight": True, "isolated": True, "fake": False,
}  # fmt: skip
JET = {"jvt": 1.0, "b_tagged": False}
MOMENTUM = ("pt", "eta", "phi")
LAID_OUT = Layout.model_validate({  # for messages
    "tree": "", "unit": "GeV", "trigger": True, "scale_factors": [], "name": "events_from",
    "event": {one: one for one in ("run", "event", "missing_pt", "missing_phi")},
    "leptons": {one: f"leptons.{one}" for one in (*MOMENTUM, "energy", "flavour", "charge", *LEPTON)
                if one != "fake"},
    "jets": {one: f"jets.{one}" for one in (*MOMENTUM, "energy", *JET)},
})  # fmt: skip

Kind = TypeVar("Kind", bound=Lists)


def events_from(
    leptons: Mapping[str, Any],
    jets: Mapping[str, Any],
    missing_pt: ArrayLike,
    missing_phi: ArrayLike,
    *,
    weight: ArrayLike = 1.0,
    run: ArrayLike = 0,
    event: ArrayLike | None = None,
) -> SelectedEvents:
    """Make events of arrays of selected objects, for ``features.feature_table``.

    Args:
        leptons: ``pt``, ``eta``, ``phi``, ``flavour`` (11 or 13), ``charge`` and any other field of
            ``records.Leptons``: lists of each event's leptons, or an array of shape (n, most) with
            NaN (or a mask) where there is none. Without ``energy`` they are massless.
        jets: ``pt``, ``eta`` and ``phi``, likewise, and any other field of ``records.Jets``.
        missing_pt, missing_phi: Missing transverse momentum [GeV, rad], shape (n,).
        weight: Weight of each event.
        run, event: Run and number of each event; numbered from 0 by default.

    Raises:
        InputError: A field is missing, unknown or of another shape, is no finite number, or of
            another unit or code.

    Examples:
        >>> from lepsearch.events.features import feature_table
        >>> leptons = {"pt": [[50.0, 40.0]], "eta": [[0.0, 0.0]], "phi": [[0.0, np.pi]],
        ...            "flavour": [[13, 13]], "charge": [[1, -1]]}
        >>> jets = {"pt": [[np.nan]], "eta": [[np.nan]], "phi": [[np.nan]]}
        >>> events = events_from(leptons, jets, missing_pt=[60.0], missing_phi=[1.0])
        >>> round(float(feature_table(events, "dilepton")["mll"][0]), 2)
        89.44
    """
    n, given = np.size(missing_pt), {"missing_pt": missing_pt, "missing_phi": missing_phi}
    given |= {"weight": weight, "run": run, "event": np.arange(n) if event is None else event}
    for name, one in given.items():
        if (shape := np.shape(one)) != (n,) and (shape or name.startswith("missing")):
            msg = f"{name} is of shape {shape}, expected {(n,)}: one number for each missing_pt"
            raise InputError(msg)
    ones = np.ones(n)
    lists = _lists(Leptons, leptons, LEPTON, ("flavour", "charge"), n)
    events = SelectedEvents(
        run=np.broadcast_to(run, n).astype(np.uint32),
        event=np.broadcast_to(given["event"], n).astype(np.uint64),
        original=np.arange(n),
        generator_weight=ones * np.asarray(weight, dtype=float),
        scale_factor=ones,
        trigger=ones.astype(bool),
        missing_pt=ones * np.asarray(missing_pt, dtype=float),
        missing_phi=ones * np.asarray(missing_phi, dtype=float),
        leptons=replace(lists, flavour=np.abs(lists.flavour)),
        jets=_lists(Jets, jets, JET, (), n),
        n_baseline=lists.sizes,
    )
    if len(bad := np.flatnonzero(~(finite(events) & np.isfinite(events.weight)))):
        msg = f"{len(bad)} events, first that at {bad[0]}, have a momentum or weight that is no "
        raise InputError(msg + "finite number, or a negative momentum; leave them out")
    refuse_implausible(Path("arrays"), LAID_OUT, events)
    return events


def _lists(
    kind: type[Kind], given: Mapping[str, Any], defaults: Mapping[str, Any], needed: Any, n: int
) -> Kind:
    """Objects in flat columns, falling in pt, without those that are masked or NaN."""
    what = kind.__name__.lower()
    for name in given or {}:
        one_of(f"field of {what}", name, [*MOMENTUM, "energy", *needed, *defaults])
    try:
        arrays = {name: ak.from_regular(ak.Array(one)) for name, one in given.items()}
        pt = ak.fill_none(arrays["pt"], np.nan, axis=1)
        there = ~np.isnan(pt)
        order = ak.argsort(pt[there], axis=1, ascending=False, stable=True)
        flat = {
            name: np.asarray(ak.to_numpy(ak.flatten(one[there][order])))
            for name, one in arrays.items()
        }
        columns = {name: flat[name].astype(float) for name in MOMENTUM}
        columns |= {name: flat[name].astype(np.int32) for name in needed}
        sizes = ak.to_numpy(ak.sum(there, axis=1))
        if len(sizes) != n or not all(ak.all(ak.num(one) == ak.num(pt)) for one in arrays.values()):
            msg = f"{len(sizes)} events for {n} missing momenta, or lists of other lengths"
            raise ValueError(msg)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        msg = f"{what}: expected {', '.join((*MOMENTUM, *needed))} as lists of numbers, or arrays "
        msg += f"of shape (n, most), of one shape and as many events as missing_pt; got {error!r}"
        raise InputError(msg.split("\n")[0]) from error
    columns["energy"] = flat.get("energy", columns["pt"] * np.cosh(columns["eta"]))
    for name, value in defaults.items():
        columns[name] = flat.get(name, np.full(len(columns["pt"]), value)).astype(type(value))
    return kind(sizes, **columns)
