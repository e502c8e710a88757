"""Small ntuples of both releases, written event by event."""

from __future__ import annotations

import itertools
import os
import re
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from lepsearch.data.source import Source
from lepsearch.workspace import Workspace

ROOT = Path(__file__).parent.parent
RUN = 284500  # of the release's simulation
REAL = ROOT / "examples" / "atlas2020-4lep"

# a make that runs the tests hands its settings on to the makes that they run
for _name in ("MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(_name, None)


def lepton(pt: float, eta: float = 0.0, phi: float = 0.0, **other: Any) -> dict[str, Any]:
    """A signal muon by default; pt in GeV."""
    defaults = {
        "flavour": 13, "charge": 1, "tight": True, "isolation": 0.0, "d0sig": 0.5, "z0": 0.0,
        "matched": True,
    }  # fmt: skip
    return defaults | {"pt": pt, "eta": eta, "phi": phi} | other


def jet(pt: float, eta: float = 0.0, phi: float = 0.0, **other: Any) -> dict[str, Any]:
    """A light jet from the primary vertex by default; pt in GeV."""
    return {"jvt": 0.9, "btag": False} | {"pt": pt, "eta": eta, "phi": phi} | other


def event(
    leptons: list[dict[str, Any]], met: float = 60.0, jets: list[dict[str, Any]] = (), **other: Any
) -> dict[str, Any]:
    """An event that fired a trigger by default; met in GeV.

    Its ``run`` and ``number`` are the release's and its place in the file, if not given.
    """
    defaults = {
        "met_phi": 0.0, "weight": 1.0, "factor": 1.0, "trigger": True,
        "three_lepton_trigger": True, "three_lepton_factor": 1.0,
    }  # fmt: skip
    return defaults | {"leptons": list(leptons), "jets": list(jets), "met": met} | other


def _ragged(events: list[dict], what: str, field: str, dtype: Any, scale: float = 1.0) -> ak.Array:
    values = [[one[field] * scale for one in e[what]] for e in events]
    flat = np.array([v for row in values for v in row], dtype=dtype)
    return ak.unflatten(flat, np.array([len(row) for row in values], dtype=np.int32))


def _energy(events: list[dict], what: str, scale: float) -> ak.Array:
    values = [[one["pt"] * np.cosh(one["eta"]) * scale for one in e[what]] for e in events]
    flat = np.array([v for row in values for v in row], dtype=np.float32)
    return ak.unflatten(flat, np.array([len(row) for row in values], dtype=np.int32))


def _numbers(events: list[dict]) -> np.ndarray:
    return np.array([e.get("number", i) for i, e in enumerate(events)], dtype=np.uint64)


def write_2020(path: Path, events: list[dict], **constants: float) -> Path:
    """A file of the 2020 release: tree `mini`, MeV.

    Of simulation it states ``cross_section``, ``sum_of_weights`` and ``channel``, of all events or
    of each; the channel is in the file's name by default.
    """
    n, mev, named = len(events), 1000.0, re.match(r"mc_(\d{6})\.", path.name)
    column = lambda key, dtype=np.float32, scale=1.0: np.array(  # noqa: E731
        [e[key] * scale for e in events], dtype=dtype
    )
    lep = {k: _ragged(events, "leptons", k, np.float32) for k in ("eta", "phi", "z0")}
    lep |= {
        "pt": _ragged(events, "leptons", "pt", np.float32, mev),
        "E": _energy(events, "leptons", mev),
        "charge": _ragged(events, "leptons", "charge", np.int32),
        "type": _ragged(events, "leptons", "flavour", np.uint32),
        "truthMatched": _ragged(events, "leptons", "matched", np.bool_),
        "isTightID": _ragged(events, "leptons", "tight", np.bool_),
        "tracksigd0pvunbiased": _ragged(events, "leptons", "d0sig", np.float32),
        "ptcone30": _ragged(events, "leptons", "isolation", np.float32, mev),
        "etcone20": _ragged(events, "leptons", "isolation", np.float32, mev),
    }
    jets = {k: _ragged(events, "jets", k, np.float32) for k in ("eta", "phi", "jvt")}
    jets |= {
        "pt": _ragged(events, "jets", "pt", np.float32, mev),
        "E": _energy(events, "jets", mev),
        "MV2c10": _ragged(events, "jets", "btag", np.float32),
    }
    ones = np.ones(n, dtype=np.float32)
    branches = {
        "runNumber": np.array([e.get("run", RUN) for e in events], dtype=np.int32),
        "eventNumber": _numbers(events).astype(np.int32),
        "channelNumber": np.full(n, constants.get("channel", named[1] if named else 1), np.int32),
        "mcWeight": column("weight"),
        "scaleFactor_PILEUP": column("factor"),
        **{f"scaleFactor_{k}": ones for k in ("ELE", "MUON", "LepTRIGGER")},
        "trigE": column("trigger", np.bool_),
        "trigM": column("trigger", np.bool_),
        "met_et": column("met", np.float32, mev),
        "met_phi": column("met_phi"),
        "XSection": ones * np.float32(constants.get("cross_section", 1.0)),
        "SumWeights": ones * np.float32(constants.get("sum_of_weights", float(n))),
        "lep": ak.zip(lep),
        "jet": ak.zip(jets),
    }
    for name in constants.get("without", ()):
        del branches[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    with uproot.recreate(path) as file:
        types = {k: ak.type(v).content if isinstance(v, ak.Array) else v.dtype
                 for k, v in branches.items()}  # fmt: skip
        tree = file.mktree(
            constants.get("tree", "mini"), types,
            counter_name=lambda name: f"{name}_n", field_name=lambda a, b: f"{a}_{b}",
        )  # fmt: skip
        tree.extend(branches)
    return path


def write_2025(path: Path, events: list[dict], **constants: float) -> Path:
    """A file to the published branch list of the 2025 release: tree `analysis`, GeV."""
    n = len(events)
    column = lambda key, dtype=np.float32: np.array([e[key] for e in events], dtype=dtype)  # noqa: E731
    lep = {k: _ragged(events, "leptons", k, np.float32) for k in ("pt", "eta", "phi", "z0")}
    lep |= {
        "e": _energy(events, "leptons", 1.0),
        "charge": _ragged(events, "leptons", "charge", np.int32),
        "type": _ragged(events, "leptons", "flavour", np.int32),
        "isTightID": _ragged(events, "leptons", "tight", np.bool_),
        "isMediumID": _ragged(events, "leptons", "tight", np.bool_),
        "d0sig": _ragged(events, "leptons", "d0sig", np.float32),
    }
    lep["isLooseIso"] = _ragged(events, "leptons", "isolation", np.float32) < 0.5
    jets = {k: _ragged(events, "jets", k, np.float32) for k in ("pt", "eta", "phi", "jvt")}
    jets |= {
        "e": _energy(events, "jets", 1.0),
        "btag_quantile": _ragged(events, "jets", "btag", np.int32) * 2 + 1,
    }
    ones = np.ones(n, dtype=np.float32)
    branches = {
        "runNumber": np.array([e.get("run", RUN) for e in events], dtype=np.uint32),
        "eventNumber": _numbers(events),
        "mcWeight": column("weight"),
        "ScaleFactor_PILEUP": column("factor"),
        **{f"ScaleFactor_{k}": ones for k in ("ELE", "MUON", "LepTRIGGER", "JVT")},
        "ScaleFactor_MLTRIGGER": column("three_lepton_factor"),
        "ScaleFactor_FTAG": ones,
        **dict.fromkeys(("trigE", "trigM"), column("trigger", np.bool_)),
        **dict.fromkeys(("trigDE", "trigDM", "trigML"), column("three_lepton_trigger", np.bool_)),
        "met": column("met"),
        "met_phi": column("met_phi"),
        "xsec": ones * constants.get("cross_section", 1.0),
        "filteff": ones * 0.5,
        "kfac": ones * 2.0,
        "sum_of_weights": np.full(n, constants.get("sum_of_weights", float(n))),
        "lep": ak.zip(lep),
        "jet": ak.zip(jets),
    }
    with uproot.recreate(path) as file:
        types = {k: ak.type(v).content if isinstance(v, ak.Array) else v.dtype
                 for k, v in branches.items()}  # fmt: skip
        tree = file.mktree(
            "analysis", types,
            counter_name=lambda name: f"{name}_n", field_name=lambda a, b: f"{a}_{b}",
        )  # fmt: skip
        tree.extend(branches)
    return path


def nano(events: list[dict]) -> dict[str, Any]:
    """The branches that the book's own layout needs, in the manner of CMS NanoAOD: GeV, cm."""
    branches: dict[str, Any] = {
        "run": np.array([e.get("run", RUN) for e in events], dtype=np.uint32),
        "event": _numbers(events),
        "HLT_Ele32_WPTight_Gsf": np.zeros(len(events), dtype=np.bool_),
    }
    names = {"HLT_IsoMu24": "trigger", "genWeight": "weight", "puWeight": "factor",
             "MET_pt": "met", "MET_phi": "met_phi"}  # fmt: skip
    branches |= {name: np.array([e[key] for e in events]) for name, key in names.items()}
    quality = {"Electron": ("cutBased", np.int32, 4), "Muon": ("tightId", np.bool_, 1)}
    for kind, code, cone in (("Electron", 11, "03"), ("Muon", 13, "04")):
        of = [{"all": [one for one in e["leptons"] if one["flavour"] == code]} for e in events]
        tight, dtype, best = quality[kind]
        lepton = {
            **{field: _ragged(of, "all", field, np.float32) for field in ("pt", "eta", "phi")},
            "charge": _ragged(of, "all", "charge", np.int32),
            "dz": _ragged(of, "all", "z0", np.float32, 0.1),
            "dxy": _ragged(of, "all", "d0sig", np.float32, -0.002),
            "dxyErr": _ragged(of, "all", "d0sig", np.float32) * 0 + np.float32(0.002),
            f"pfRelIso{cone}_all": _ragged(of, "all", "isolation", np.float32),
            "genPartFlav": _ragged(of, "all", "matched", np.uint8),
            tight: _ragged(of, "all", "tight", dtype, best),
        }
        branches |= {f"{kind}_{field}": values for field, values in lepton.items()}
    jet = {field: _ragged(events, "jets", field, np.float32) for field in ("pt", "eta", "phi")}
    jet |= {
        "mass": jet["pt"] * 0,
        "puId": 7 * (_ragged(events, "jets", "jvt", np.float32) > 0.5),
        "btagDeepFlavB": _ragged(events, "jets", "btag", np.float32),
        **{
            f"{one}Idx1": _ragged(events, "jets", "btag", np.int16) * 0 - 1
            for one in ("muon", "electron")
        },
    }
    return branches | {f"Jet_{field}": values for field, values in jet.items()}


def flat(events: list[dict]) -> dict[str, Any]:
    """The same without lists: three leptons, of codes 1 and 2, and two jets; absent: -999."""
    branches: dict[str, Any] = {"run_nr": np.ones(len(events), int), "evt": _numbers(events)}
    names = {
        "fired": "trigger",
        "w": "weight",
        "sf": "factor",
        "etmiss": "met",
        "etmiss_phi": "met_phi",
    }
    branches |= {name: np.array([e[key] for e in events]) for name, key in names.items()}
    codes = {"flavour": lambda one: {11: 1, 13: 2}[one["flavour"]]}
    for kind, count, fields in (
        ("lep", 3, ("pt", "eta", "phi", "charge", "flavour", "tight", "isolation", "d0sig", "z0")),
        ("jet", 2, ("pt", "eta", "phi", "btag")),
    ):
        for i, field in itertools.product(range(count), fields):
            get = codes.get(field, lambda one, field=field: one[field])
            objects = [e[f"{kind}tons" if kind == "lep" else "jets"] for e in events]
            values = [float(get(of[i])) if i < len(of) else -999.0 for of in objects]
            branches[f"{kind}{i + 1}_{field}"] = np.array(values, dtype=np.float32)
    return branches


def write_branches(
    path: Path, tree: str, branches: dict[str, Any], *, ntuple: bool = False
) -> Path:
    """A file with these branches, in a TTree or an RNTuple."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with uproot.recreate(path) as file:
        if ntuple:
            file.mkrntuple(tree, branches)
        else:
            types = {k: ak.type(ak.Array(v)).content for k, v in branches.items()}
            file.mktree(tree, types).extend(branches)
    return path


@pytest.fixture
def make_events():
    """Builders of events: (event, lepton, jet)."""
    return event, lepton, jet


@pytest.fixture
def write():
    """Writers of ntuples by release."""
    return {"2020": write_2020, "2025": write_2025}


@pytest.fixture
def foreign():
    """Branches of the same events as others name them, and a writer of files of them."""
    return {"nano": nano, "flat": flat, "write": write_branches}


@pytest.fixture(scope="session")
def real() -> Path:
    """The six real files of the 2020 release."""
    return REAL


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 2 MB: a tmpfs where that may be mounted, else a limit on file sizes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode == 0:
        yield folder
        subprocess.run(["umount", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project folder with the real manifest and its tables, and nothing made."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("data_manifest.yaml", "open_data"):
        (root / name).symlink_to(ROOT / name)
    monkeypatch.setenv("LEPSEARCH_ROOT", str(root))
    monkeypatch.delenv("LEPSEARCH_DATA", raising=False)
    return root


@pytest.fixture
def workspace(project):
    """The place of the profile ``local`` in a project folder."""
    return Workspace(project, "local", project / "ntuples")


@pytest.fixture
def source(tmp_path, make_events, write):
    """One simulated sample of 30 events in two files, every third without missing momentum."""
    event, lepton, jet = make_events
    pair = [lepton(60), lepton(40, phi=2.5, charge=-1)]

    def events(first, count):
        return [
            event(pair, met=10.0 if i % 3 == 0 else 60.0 + i, weight=1.0 + i, jets=[jet(30)])
            for i in range(first, first + count)
        ]

    files = tuple(
        write["2020"](tmp_path / f"{k}.root", events(15 * k, 15), cross_section=2.0,
                      sum_of_weights=465.0)  # that of both
        for k in range(2)
    )  # fmt: skip
    return Source(
        name="toy", label="toy", group="ttbar", kind="background", release="2020", dsid=None,
        cross_section_pb=2.0, cross_section_source="made up", sum_of_weights=None,
        luminosity_fb=None, files=files,
    )  # fmt: skip
