"""The same ROOT code on our ntuples and on published ones.

    python -m venv rootenv
    rootenv/bin/pip install root uproot
    rootenv/bin/python benchmarks/rdataframe_reads_ntuples.py FILE...

Needs an environment of its own: ROOT's wheels are an alpha version. For each file one chain of
RDataFrame (VecOps on leptons and jets, masks, weights) and one TTreeReader loop are run, and their
results compared with those of uproot. Give files of both kinds, such as
build/smoke/ntuples/ttbar_2l.root and examples/atlas2020-4lep/MC/mc_410000.ttbar_lep.4lep.root.

The layouts differ: published files have std::vector branches, ours arrays with a counter
(``lep_pt[lep_n]``), since uproot writes no std::vector in trees (its issue 1486 asks for that).
RDataFrame takes both as RVec and TTreeReaderArray reads both. Only code that calls
SetBranchAddress with a pointer to a std::vector must be changed: it needs an array.
"""

from __future__ import annotations

import sys

import awkward as ak
import numpy as np
import ROOT
import uproot

ROOT.gROOT.SetBatch(True)
ROOT.gInterpreter.Declare(
    """
#include "TFile.h"
#include "TTreeReader.h"
#include "TTreeReaderArray.h"
using ROOT::VecOps::RVec;
double leading_mass(const RVec<float> &pt, const RVec<float> &eta, const RVec<float> &phi,
                    const RVec<float> &e) {
  const auto order = ROOT::VecOps::Reverse(ROOT::VecOps::Argsort(pt));
  ROOT::Math::PtEtaPhiEVector a(pt[order[0]], eta[order[0]], phi[order[0]], e[order[0]]);
  ROOT::Math::PtEtaPhiEVector b(pt[order[1]], eta[order[1]], phi[order[1]], e[order[1]]);
  return (a + b).M() / 1000;
}
double sum_of_momenta(const char *path) {
  TFile file(path);
  TTreeReader reader("mini", &file);
  TTreeReaderArray<float> pt(reader, "lep_pt");
  double sum = 0;
  while (reader.Next())
    for (float one : pt) sum += one / 1000;
  return sum;
}
"""
)


def by_rdataframe(path: str) -> dict[str, float]:
    """Numbers that use every kind of branch."""
    frame = ROOT.RDataFrame("mini", path)
    leptons = (
        frame.Define("good", "lep_pt > 15000 && abs(lep_eta) < 2.5 && lep_isTightID")
        .Define("good_n", "Sum(good)")
        .Define("charge", "Sum(lep_charge[good])")
        .Define("electrons", "Sum(lep_type[good] == 11)")
        .Define("jet_sum", "Sum(jet_pt[jet_pt > 30000]) / 1000")
        .Filter("good_n >= 2")
    )
    pairs = leptons.Filter("lep_n >= 2").Define(
        "mass", "leading_mass(lep_pt, lep_eta, lep_phi, lep_E)"
    )
    booked = {
        "events": frame.Count(),
        "selected": leptons.Count(),
        "charge": leptons.Sum("charge"),
        "electrons": leptons.Sum("electrons"),
        "jet momenta": leptons.Sum("jet_sum"),
        "missing momentum": leptons.Sum("met_et"),
        "weights": leptons.Sum("mcWeight"),
        "mass": pairs.Mean("mass"),
    }
    found = {name: float(value.GetValue()) for name, value in booked.items()}
    return {**found, "lepton momenta": float(ROOT.sum_of_momenta(path))}


def by_uproot(path: str) -> dict[str, float]:
    """The same numbers without ROOT."""
    with uproot.open(path) as file:
        events = file["mini"].arrays()
    found = {"events": len(events), "lepton momenta": ak.sum(events.lep_pt / 1000.0)}
    good = (events.lep_pt > 15000) & (abs(events.lep_eta) < 2.5) & events.lep_isTightID
    chosen = ak.sum(good, axis=1) >= 2
    events, good = events[chosen], good[chosen]
    order = ak.argsort(events.lep_pt, ascending=False)
    pt, eta, phi, energy = (
        ak.values_astype(events[f"lep_{name}"][order], np.float64)
        for name in ("pt", "eta", "phi", "E")
    )
    total = [
        ak.to_numpy(one[:, 0] + one[:, 1])
        for one in (energy, pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta))
    ]
    mass = np.sqrt(np.maximum(total[0] ** 2 - sum(one**2 for one in total[1:]), 0)) / 1000
    return {
        **found,
        "selected": len(events),
        "charge": ak.sum(events.lep_charge[good]),
        "electrons": ak.sum(events.lep_type[good] == 11),
        "jet momenta": ak.sum(events.jet_pt[events.jet_pt > 30000] / 1000.0),
        "missing momentum": np.sum(ak.to_numpy(events.met_et), dtype=np.float64),
        "weights": np.sum(ak.to_numpy(events.mcWeight), dtype=np.float64),
        "mass": mass.mean(),
    }


def main() -> None:
    """Compare each file's numbers and fail if any differ."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    differ = False
    for path in sys.argv[1:]:
        branch = ROOT.RDataFrame("mini", path).GetColumnType("lep_pt")
        with uproot.open(path) as file:
            stored = file["mini/lep_pt"].typename
        print(f"{path}\n  lep_pt is stored as {stored}, RDataFrame takes it as {branch}")
        expected = by_uproot(path)
        for name, value in by_rdataframe(path).items():
            agrees = bool(np.isclose(value, expected[name], rtol=1e-4, atol=1e-3))
            differ |= not agrees
            verdict = "same" if agrees else f"but {expected[name]:.6g} by uproot"
            print(f"  {name:18} {value:14.6g}  {verdict}")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
