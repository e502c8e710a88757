"""The processes of the book as Feynman diagrams, one typical diagram each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lepsearch.plotting.feynman import Diagram, Line

__all__ = ("BACKGROUNDS", "SIGNALS", "of_groups")

# Where things stand: quarks on the left, what is seen on the right.
IN = {"in1": (0.0, 0.9), "in2": (0.0, -0.9)}
Q_BAR, Q_PRIME_BAR = r"$\bar q$", r"$\bar q'$"
L_PLUS, NU_BAR = r"$\ell^+$", r"$\bar\nu$"


def _annihilation(vertex: str, antiquark: str = "u") -> tuple[Line, Line]:
    """A quark and an antiquark that meet."""
    label = Q_BAR if antiquark == "u" else Q_PRIME_BAR
    return Line("in1", vertex, "u"), Line(vertex, "in2", antiquark, label)


def _w_plus(vertex: str, first: str, second: str) -> tuple[Line, Line]:
    """W+ to neutrino and positive lepton."""
    return Line(vertex, first, "nu"), Line(second, vertex, "l", L_PLUS)


def _w_minus(vertex: str, first: str, second: str) -> tuple[Line, Line]:
    """W- to negative lepton and antineutrino."""
    return Line(vertex, first, "l"), Line(second, vertex, "nu", NU_BAR)


def _pair(vertex: str, first: str, second: str) -> tuple[Line, Line]:
    """A neutral boson to two charged leptons."""
    return Line(vertex, first, "l"), Line(second, vertex, "l", L_PLUS)


V_JET = {
    "in1": (0.0, 0.9), "in2": (0.0, -0.9), "a": (0.9, 0.0), "b": (2.0, 0.0), "jet": (3.3, -0.9),
    "c": (2.8, 0.55), "o1": (3.6, 1.1), "o2": (3.75, 0.25),
}  # fmt: skip
CASCADES = IN | {  # two that decay to one that stays and one that decays
    "a": (0.8, 0.0), "b": (1.6, 0.0), "t1": (2.4, 0.85), "t2": (2.4, -0.85),
    "b1": (3.8, 1.6), "b2": (3.8, -1.6), "w1": (3.3, 0.7), "w2": (3.3, -0.7),
    "o1": (4.1, 1.1), "o2": (4.1, 0.35), "o3": (4.1, -0.35), "o4": (4.1, -1.1),
}  # fmt: skip
EXCHANGE = {  # two bosons radiated off one quark line, each to two leptons
    "in1": (0.0, 1.1), "in2": (0.0, -1.1), "a": (1.1, 0.65), "b": (1.1, -0.65),
    "w1": (2.4, 0.65), "w2": (2.4, -0.65),
    "o1": (3.4, 1.15), "o2": (3.4, 0.25), "o3": (3.4, -0.25), "o4": (3.4, -1.15),
}  # fmt: skip
TWO_BRANCHES = IN | {  # one particle made, two that decay
    "a": (0.8, 0.0), "b": (1.8, 0.0), "w1": (2.7, 0.6), "w2": (2.7, -0.6),
    "o1": (3.6, 1.1), "o2": (3.6, 0.3), "o3": (3.6, -0.3), "o4": (3.6, -1.1),
}  # fmt: skip
CHAIN = IN | {  # one branch that goes on decaying
    "a": (0.8, 0.0), "b": (1.7, 0.0), "o1": (2.9, 0.95), "n": (2.5, -0.45),
    "o2": (3.6, 0.25), "w": (3.3, -0.85), "o3": (4.1, -0.45), "o4": (4.1, -1.25),
}  # fmt: skip
INELASTIC = IN | {
    "a": (0.8, 0.0), "b": (1.7, 0.0), "x": (2.5, 0.5), "z": (3.2, 0.85), "o1": (4.0, 1.25),
    "o2": (4.0, 0.5), "o3": (3.6, -0.05), "o4": (2.9, -0.95),
}  # fmt: skip
CONTACT = {
    name: (x - 0.9 * (x > 1), y) for name, (x, y) in INELASTIC.items() if name != "a"
}  # fmt: skip

BACKGROUNDS: Mapping[str, Diagram] = {
    "zjets": Diagram(
        r"$Z/\gamma^*$ + jet",
        V_JET,
        (
            Line("in1", "a", "u"), Line("in2", "a", "g"), Line("a", "b", "u"),
            Line("b", "jet", "u"), Line("b", "c", "gamma/Z"), *_pair("c", "o1", "o2"),
        ),
        "A quark absorbs a gluon and radiates a Z boson or photon, which becomes two leptons; the "
        "quark goes on as a jet.",
    ),
    "wjets": Diagram(
        "$W$ + jet",
        V_JET,
        (
            Line("in1", "a", "u"), Line("in2", "a", "g"), Line("a", "b", "u"),
            Line("b", "jet", "d"), Line("b", "c", "W+"), *_w_plus("c", "o1", "o2"),
        ),
        "A quark absorbs a gluon and radiates a W boson, which becomes a lepton and a neutrino.",
    ),
    "ttbar": Diagram(
        r"$t\bar t$",
        CASCADES,
        (
            Line("in1", "a", "g"), Line("in2", "a", "g"), Line("a", "b", "g"),
            Line("b", "t1", "t"), Line("t2", "b", "t", r"$\bar t$"),
            Line("t1", "b1", "b"), Line("t1", "w1", "W+", side=-1), *_w_plus("w1", "o1", "o2"),
            Line("b2", "t2", "b", r"$\bar b$"), Line("t2", "w2", "W-"),
            *_w_minus("w2", "o3", "o4"),
        ),
        "Two gluons make a top quark and its antiquark; each becomes a b quark and a W boson, each "
        "W boson a lepton and a neutrino.",
    ),
    "single_top_tw": Diagram(
        "single top: $tW$",
        {name: place for name, place in CASCADES.items() if name not in ("t2", "b2")},
        (
            Line("in1", "a", "b"), Line("in2", "a", "g"), Line("a", "b", "b"),
            Line("b", "t1", "t"), Line("b", "w2", "W-", side=-1), *_w_minus("w2", "o3", "o4"),
            Line("t1", "b1", "b"), Line("t1", "w1", "W+", side=-1), *_w_plus("w1", "o1", "o2"),
        ),
        "A b quark absorbs a gluon and becomes a top quark and a W boson; both decay to leptons.",
    ),
    "single_top_t": Diagram(
        "single top: $t$ channel",
        {
            "in1": (0.0, 1.0), "in2": (0.0, -0.8), "a": (1.2, 0.7), "b": (1.2, -0.5),
            "jet": (3.4, 1.1), "c": (2.2, -0.5), "b1": (3.4, -1.1), "w": (2.8, 0.0),
            "o1": (3.5, 0.5), "o2": (3.6, -0.3),
        },
        (
            Line("in1", "a", "u"), Line("a", "jet", "d"), Line("a", "b", "W+", "$W$"),
            Line("in2", "b", "b"), Line("b", "c", "t", side=-1), Line("c", "b1", "b"),
            Line("c", "w", "W+"), *_w_plus("w", "o1", "o2"),
        ),
        "A light quark and a b quark exchange a W boson; the b quark becomes a top quark.",
    ),
    "single_top_s": Diagram(
        "single top: $s$ channel",
        TWO_BRANCHES
        | {"o1": (3.6, 1.1), "w2": (3.5, 0.35), "o2": (4.2, 0.7), "o4": (4.2, -0.1),
           "o3": (3.3, -0.95)},
        (
            *_annihilation("a", "d"), Line("a", "b", "W+"), Line("b", "w1", "t"),
            Line("o3", "b", "b", r"$\bar b$"), Line("w1", "o1", "b"),
            Line("w1", "w2", "W+", side=-1), *_w_plus("w2", "o2", "o4"),
        ),
        "A quark and an antiquark make a W boson, which becomes a top quark and a b antiquark.",
    ),
    "ww": Diagram(
        "$WW$",
        EXCHANGE,
        (
            Line("in1", "a", "u"), Line("a", "b", "d", side=-1),
            Line("b", "in2", "u", Q_BAR), Line("a", "w1", "W+"), Line("b", "w2", "W-", side=-1),
            *_w_plus("w1", "o1", "o2"), *_w_minus("w2", "o3", "o4"),
        ),
        "A quark and an antiquark radiate two W bosons, each of which becomes a lepton and a "
        "neutrino.",
    ),
    "wz": Diagram(
        "$WZ$",
        TWO_BRANCHES,
        (
            *_annihilation("a", "d"), Line("a", "b", "W+"), Line("b", "w1", "W+"),
            Line("b", "w2", "Z", side=-1),
            *_w_plus("w1", "o1", "o2"), *_pair("w2", "o3", "o4"),
        ),
        "A W boson made by two quarks radiates a Z boson; together they give three leptons and a "
        "neutrino.",
    ),
    "zz": Diagram(
        "$ZZ$",
        EXCHANGE,
        (
            Line("in1", "a", "u"), Line("a", "b", "u", side=-1), Line("b", "in2", "u", Q_BAR),
            Line("a", "w1", "Z"), Line("b", "w2", "Z", side=-1), *_pair("w1", "o1", "o2"),
            Line("w2", "o3", "nu"), Line("o4", "w2", "nu", NU_BAR),
        ),
        "A quark and an antiquark radiate two Z bosons; one becomes two leptons, the other two "
        "neutrinos.",
    ),
}  # fmt: skip

SIGNALS: Mapping[str, Diagram] = {
    "dark_higgs": Diagram(
        "dark Higgs",
        TWO_BRANCHES,
        (
            *_annihilation("a"), Line("a", "b", "Z'"), Line("b", "w1", "Z'"),
            Line("b", "w2", "h_D", side=-1), *_pair("w1", "o1", "o2"),
            Line("w2", "o3", "chi"), Line("o4", "w2", "chi", r"$\bar\chi$"),
        ),
        "A quark and an antiquark make a Z' boson, which radiates a dark Higgs boson; the Z' "
        "becomes two leptons, the dark Higgs boson two dark-matter particles.",
    ),
    "light_vector": Diagram(
        "light vector",
        INELASTIC,
        (
            *_annihilation("a"), Line("a", "b", "Z'"), Line("b", "x", "chi2"),
            Line("o4", "b", "chi1", r"$\bar\chi_1$"), Line("x", "z", "Z'"),
            Line("x", "o3", "chi1"), *_pair("z", "o1", "o2"),
        ),
        "A Z' boson becomes a light and a heavy dark fermion; the heavy one decays to the light "
        "one and a second Z' boson, which becomes two leptons.",
    ),
    "inelastic_eft": Diagram(
        "inelastic EFT",
        CONTACT,
        (
            *_annihilation("b"), Line("b", "x", "chi2"),
            Line("o4", "b", "chi1", r"$\bar\chi_1$"), Line("x", "z", "Z'"),
            Line("x", "o3", "chi1"), *_pair("z", "o1", "o2"),
        ),
        "As for the light vector, but the quarks make the two dark fermions directly, in a contact "
        "interaction.",
        blob="b",
    ),
    "heavy_neutrino": Diagram(
        "heavy neutrino",
        CHAIN,
        (
            *_annihilation("a", "d"), Line("a", "b", "W+"), Line("o1", "b", "l", L_PLUS),
            Line("b", "n", "N", side=-1), Line("n", "o2", "l"), Line("n", "w", "W+", side=-1),
            *_w_plus("w", "o3", "o4"),
        ),
        "A W boson becomes a lepton and a heavy neutrino, which decays to a lepton and another W "
        "boson: three leptons and a neutrino.",
    ),
    "left_right": Diagram(
        "left-right",
        CHAIN,
        (
            *_annihilation("a", "d"), Line("a", "b", "W_R"), Line("o1", "b", "l", L_PLUS),
            Line("b", "n", "N", side=-1), Line("n", "o2", "l"), Line("n", "w", "W+", side=-1),
            *_w_plus("w", "o3", "o4"),
        ),
        "As for the heavy neutrino, but made on the resonance of a heavy right-handed W boson.",
    ),
    "type3_seesaw": Diagram(
        "type-III seesaw",
        CASCADES,
        (
            *_annihilation("a", "d"), Line("a", "b", "W+"),
            Line("t1", "b", "Sigma-", r"$\Sigma^+$", side=-1), Line("b", "t2", "Sigma0", side=-1),
            Line("b1", "t1", "nu", NU_BAR), Line("t1", "w1", "W+", side=-1),
            *_w_plus("w1", "o1", "o2"), Line("t2", "b2", "l"), Line("t2", "w2", "W+"),
            *_w_plus("w2", "o3", "o4"),
        ),
        "A W boson becomes a charged and a neutral heavy lepton; each decays to a W boson and a "
        "light lepton.",
    ),
    "chargino_neutralino": Diagram(
        "chargino and neutralino",
        CASCADES,
        (
            *_annihilation("a", "d"), Line("a", "b", "W+"), Line("b", "t1", "chargino"),
            Line("b", "t2", "neutralino2", side=-1), Line("t1", "b1", "neutralino1"),
            Line("t1", "w1", "W+", side=-1), *_w_plus("w1", "o1", "o2"),
            Line("t2", "b2", "neutralino1"), Line("t2", "w2", "Z"), *_pair("w2", "o3", "o4"),
        ),
        "A W boson becomes a chargino and a neutralino; they decay to a W and a Z boson, and two "
        "light neutralinos that leave unseen.",
    ),
}  # fmt: skip

IN_GROUP = {  # diagrams by the manifest's group of processes, where the names differ
    "single_top": ("single_top_tw", "single_top_t", "single_top_s"),
    "diboson": ("ww", "wz", "zz"),
}


def of_groups(groups: Iterable[str]) -> list[Diagram]:
    """The diagrams of some groups of background processes; groups without one are left out.

    Examples:
        >>> [one.title for one in of_groups(["wjets", "single_top", "photon"])]
        ['$W$ + jet', 'single top: $tW$', 'single top: $t$ channel', 'single top: $s$ channel']
    """
    names = [name for group in groups for name in IN_GROUP.get(group, (group,))]
    return [BACKGROUNDS[name] for name in names if name in BACKGROUNDS]
