"""The dilepton selection and its features as ROOT's RDataFrame, for ``skim_vs_rdataframe.py``.

    rootenv/bin/python benchmarks/rdataframe_skim.py FILE THREADS MT2_HEADERS [SNAPSHOT]

Runs in an environment with ROOT. The cuts and formulas are those of ``lepsearch.events.objects``,
``selection`` and ``features``, written as one would write them for RDataFrame: helpers in C++,
compiled once, on the branches that are needed; what only selected events need is defined after
the cuts. m_T2 is the C++ code that the package ``mt2`` wraps. With SNAPSHOT the events are written
to that file, else every feature is summed. Prints, as JSON, the sums, the seconds of the event
loop and the seconds of everything from the declaration of the helpers on.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["EXTRA_CLING_ARGS"] = "-O2"  # compile for speed; ROOT's default is -O1
import ROOT

HELPERS = """
#include "mt2_bisect.h"
#include "ROOT/RVec.hxx"
#include "Math/Vector4D.h"
#include <array>
#include <cmath>
using ROOT::RVecF; using ROOT::RVecI; using ROOT::RVecD;
using V4 = ROOT::Math::PxPyPzEVector;
constexpr double GeV = 1e-3;

bool all_finite(const RVecF &pt, const RVecF &eta, const RVecF &phi, const RVecF &e) {
  for (size_t i = 0; i < pt.size(); ++i) {
    if (!std::isfinite(pt[i]) || !std::isfinite(eta[i]) || !std::isfinite(phi[i])) return false;
    if (!std::isfinite(e[i]) || pt[i] < 0 || e[i] < 0) return false;
  }
  return true;
}
template <class T>
RVecI baseline(const RVecF &pt, const RVecF &eta, const T &type, const RVecF &z0) {
  RVecI good(pt.size());
  for (size_t i = 0; i < pt.size(); ++i) {
    const double limit = type[i] == 11 ? 2.47 : 2.7;
    good[i] = (type[i] == 11 || type[i] == 13) && pt[i] * GeV > 10 && std::abs(eta[i]) < limit &&
              std::abs(z0[i] / std::cosh(double(eta[i]))) < 0.5;
  }
  return good;
}
template <class T, class B>
RVecI signal(const RVecI &base, const RVecF &pt, const T &type, const B &tight,
             const RVecF &ptcone, const RVecF &etcone, const RVecF &d0) {
  RVecI good(pt.size());
  for (size_t i = 0; i < pt.size(); ++i)
    good[i] = base[i] && tight[i] && ptcone[i] < 0.15 * pt[i] && etcone[i] < 0.15 * pt[i] &&
              std::abs(d0[i]) < (type[i] == 11 ? 5.0 : 3.0);
  return good;
}
bool pair_pt(int t1, int t2, double pt1, double pt2) {
  const double first = t1 == 11 ? 25 : 27, second = t1 == t2 ? (t1 == 11 ? 25 : 20)
                                                             : (t1 == 11 ? 20 : 25);
  return pt1 > first && pt2 > second;
}
bool in_crack(double eta) { return std::abs(eta) > 1.37 && std::abs(eta) < 1.52; }
RVecI good_jets(const RVecF &pt, const RVecF &eta, const RVecF &jvt) {
  RVecI good(pt.size());
  for (size_t i = 0; i < pt.size(); ++i) {
    const double size = pt[i] * GeV, side = std::abs(eta[i]);
    good[i] = size > 20 && side < 2.8 && !(size < 60 && side < 2.4 && jvt[i] < 0.59f);
  }
  return good;
}
V4 vector_of(double pt, double eta, double phi, double e) {
  return {pt * std::cos(phi), pt * std::sin(phi), pt * std::sinh(eta), e};
}
double mass(const V4 &v) { return std::sqrt(std::max(0., v.M2())); }
double angle(double a, double b) { return std::abs(std::remainder(a - b, 2 * M_PI)); }
double transverse_mass(const V4 &v, double met, double phi) {
  const double m2 = std::max(0., v.M2());
  const double along = v.Pt() * std::cos(v.Phi() - phi);
  return std::sqrt(std::max(0., m2 + 2 * met * (std::sqrt(m2 + v.Perp2()) - along)));
}
double stransverse_mass(const V4 &a, const V4 &b, double met, double phi) {
  return mt2_bisect_impl<double>(0, a.Px(), a.Py(), 0, b.Px(), b.Py(), met * std::cos(phi),
                                 met * std::sin(phi), 0, 0);
}
double calorimeter(double e, double sampling, double noise, double constant) {
  return sampling * sampling / e + noise * noise / (e * e) + constant * constant;
}
template <class T>
double significance(const RVecF &lpt, const RVecF &leta, const RVecF &lphi, const T &type,
                    const RVecF &jpt, const RVecF &jeta, const RVecF &jphi, double met,
                    double phi) {
  double along = 14.2 * 14.2, across = along, mixed = 0;
  const auto add = [&](double pt, double at, double relative) {
    const double c = std::cos(at - phi), s = std::sin(at - phi), size = pt * pt * relative;
    along += size * c * c; across += size * s * s; mixed += size * s * c;
  };
  for (size_t i = 0; i < lpt.size(); ++i) {
    const double pt = lpt[i] * GeV, sagitta = 1.2e-4 * pt;
    add(pt, lphi[i], type[i] == 11 ? calorimeter(pt * std::cosh(leta[i]), 0.11, 0.3, 0.010)
                                   : 0.018 * 0.018 + sagitta * sagitta);
  }
  for (size_t i = 0; i < jpt.size(); ++i) {
    const double pt = jpt[i] * GeV, worse = std::abs(jeta[i]) > 2.5 ? 1.25 * 1.25 : 1;
    add(pt, jphi[i], worse * calorimeter(pt, 0.65, 4.5, 0.035));
  }
  return met / std::sqrt(along * (1 - mixed * mixed / (along * across)));
}
double item(const RVecF &values, size_t i, double unit) {
  return i < values.size() ? values[i] * unit : NAN;
}
"""


def selected(frame: ROOT.RDataFrame) -> ROOT.RDataFrame:
    """Events of the region, with their leptons in order."""
    return (
        frame.Filter("std::isfinite(met_et) && std::isfinite(met_phi) && met_et >= 0")
        .Filter("all_finite(lep_pt, lep_eta, lep_phi, lep_E)")
        .Filter("all_finite(jet_pt, jet_eta, jet_phi, jet_E)")
        .Define("stray", "lep_type == 13 && abs(lep_z0) > 1")
        .Filter("std::hypot(Sum(stray * lep_pt * cos(lep_phi)), Sum(stray * lep_pt * sin(lep_phi)))"
                " <= 0.5 * met_et")
        .Filter("trigE || trigM")
        .Define("base", "baseline(lep_pt, lep_eta, lep_type, lep_z0)")
        .Define(
            "good",
            "signal(base, lep_pt, lep_type, lep_isTightID, lep_ptcone30, lep_etcone20,"
            " lep_tracksigd0pvunbiased)",
        )
        .Filter("Sum(good) == 2")
        .Define("place", "auto at = Nonzero(good); return lep_pt[at[0]] >= lep_pt[at[1]] ? at"
                         " : Reverse(at);")
        .Define("met", "met_et * GeV")
        .Define("pt", "RVecD{lep_pt[place[0]] * GeV, lep_pt[place[1]] * GeV}")
        .Define("eta", "Take(lep_eta, place)")
        .Define("type", "RVecI{int(lep_type[place[0]]), int(lep_type[place[1]])}")
        .Filter("pair_pt(type[0], type[1], pt[0], pt[1])")
        .Filter("!(type[0] == 11 && type[1] == 11 && (in_crack(eta[0]) || in_crack(eta[1])))")
        .Define("phi", "Take(lep_phi, place)")
        .Define("v1", "vector_of(pt[0], eta[0], phi[0], lep_E[place[0]] * GeV)")
        .Define("v2", "vector_of(pt[1], eta[1], phi[1], lep_E[place[1]] * GeV)")
        .Define("both", "v1 + v2")
        .Define("mll", "mass(both)")
        .Filter("mll > 10")
        .Filter("met > 50")
    )  # fmt: skip


def with_features(frame: ROOT.RDataFrame) -> tuple[ROOT.RDataFrame, list[str]]:
    """The features' columns and their names."""
    columns = {
        "run": "runNumber",
        "event": "eventNumber",
        "event_weight": "double(mcWeight) * scaleFactor_PILEUP * scaleFactor_ELE"
        " * scaleFactor_MUON * scaleFactor_LepTRIGGER",
        "n_baseline": "Sum(base)",
        "n_fake": "Sum(good && !lep_truthMatched)",
        "metphi": "met_phi",
        "met_sig": "significance(Take(lep_pt, place), eta, phi, type, jpt, jeta, jphi,"
        " met, met_phi)",
        "ht": "pt[0] + pt[1] + Sum(jpt) * GeV",
        "nbjets": "Sum(bjet)",
        "nljets": "Sum(!bjet)",
        "pair": "2 * (type[0] != type[1]) + (lep_charge[place[0]] == lep_charge[place[1]])",
        "mt": "transverse_mass(both, met, met_phi)",
        "mt2": "stransverse_mass(v1, v2, met, met_phi)",
        "et": "both.E() * both.Pt() / both.P()",
        "dPhiLeps": "angle(phi[0], phi[1])",
        "dPhiLLMet": "angle(both.Phi(), met_phi)",
        "dPhiLeadMet": "angle(phi[0], met_phi)",
        "dPhiCloseMet": "std::min(dPhiLeadMet, angle(phi[1], met_phi))",
        "rt": "met / ht",
        "mjj": "jpt.size() < 2 ? NAN : mass(vector_of(jpt[0] * GeV, jeta[0], jphi[0], je[0] * GeV)"
        " + vector_of(jpt[1] * GeV, jeta[1], jphi[1], je[1] * GeV))",
        "n_bjetPt20": "Sum(bjet)",
        "n_ljetPt40": "Sum(!bjet && jpt * GeV > 40)",
        "n_jetsetaCentral": "Sum(abs(jeta) < 2.5)",
        "n_jetsetaForward50": "Sum(abs(jeta) > 2.5 && jpt * GeV > 50)",
    }
    for i in range(2):
        columns |= {f"lep{i + 1}{field}": f"{field}[{i}]" for field in ("pt", "eta", "phi")}
        columns |= {
            f"lep{i + 1}flavour": f"type[{i}]",
            f"lep{i + 1}charge": f"lep_charge[place[{i}]]",
        }
    for i in range(3):
        columns |= {
            f"jet{i + 1}pt": f"item(jpt, {i}, GeV)",
            f"jet{i + 1}eta": f"item(jeta, {i}, 1)",
            f"jet{i + 1}phi": f"item(jphi, {i}, 1)",
        }
    frame = frame.Define(
        "jets", "auto at = Nonzero(good_jets(jet_pt, jet_eta, jet_jvt));"
        " auto order = Argsort(Take(jet_pt, at), [](float a, float b) { return a > b; });"
        " return Take(at, order);",
    )  # fmt: skip
    for short, branch in {"jpt": "pt", "jeta": "eta", "jphi": "phi", "je": "E"}.items():
        frame = frame.Define(short, f"Take(jet_{branch}, jets)")
    frame = frame.Define("bjet", "Take(jet_MV2c10, jets) >= 0.6459 && abs(jeta) < 2.5")
    for name, formula in columns.items():
        frame = frame.Define(name, formula)
    return frame, [*columns, "met", "mll"]


def main() -> None:
    """Run the event loop once and print what came of it."""
    path, threads, headers = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    ROOT.EnableImplicitMT(threads)
    ROOT.gInterpreter.ProcessLine(  # tells the seconds of compilation and of the event loop
        "ROOT::Detail::RDF::RDFLogChannel().SetVerbosity(ROOT::ELogLevel::kInfo);"
    )
    start = time.perf_counter()
    ROOT.gInterpreter.AddIncludePath(headers)
    if not ROOT.gInterpreter.Declare(HELPERS):
        sys.exit("the C++ helpers don't compile")
    frame, names = with_features(selected(ROOT.RDataFrame("mini", path)))
    if len(sys.argv) > 4:
        frame.Snapshot("features", sys.argv[4], names)
        sums = {}
    else:
        absent = [name for name in names if name.startswith("jet") or name == "mjj"]
        for name in absent:
            frame = frame.Redefine(name, f"std::isnan({name}) ? 0. : {name}")
        booked = {name: frame.Sum(name) for name in names}
        booked["events"] = frame.Count()
        sums = {name: float(value.GetValue()) for name, value in booked.items()}
    seconds = time.perf_counter() - start
    print(json.dumps({"sums": sums, "seconds": seconds}))


if __name__ == "__main__":
    main()
