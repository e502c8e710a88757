"""A skeleton of a layout, from the names of a file's branches: what they suggest, to be checked."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np

from lepsearch.data.layout import JetLayout, LeptonLayout, releases
from lepsearch.errors import InputError, one_of
from lepsearch.events.reader import open_file

__all__ = ("describe",)

LOOKED_AT = 1000  # entries, to tell the unit
LARGEST = 1000  # median transverse momentum [GeV]; above, the unit is MeV
OPTIONAL = {"energy", "keep", "prompt"}
SHOWN = 12  # branches of those that may be meant
EVENT = {  # fields, and what their branches are called in lower case without underscores
    "run": "run(number|nr|no)?",
    "event": "(event|evt)(number|nr|no)?",
    "generator_weight": "(mc|gen)?(event)?weight(mc)?",
    "missing_pt": "(pf|puppi|raw)?(met|etmiss|missinget)(met|pt|et)?",
    "missing_phi": "(pf|puppi|raw)?(met|etmiss|missinget)phi",
}
OBJECT = {  # likewise, without the name of the collection
    "pt": "pt",
    "eta": "eta",
    "phi": "phi",
    "energy": "e|energy",
    "charge": "q|charge",
    "flavour": "type|flavou?r|pdgid|pid",
    "z0": "z0",
    "d0_significance": "d0sig(nificance)?",
    "tight": "(is)?tight(id)?",
    "isolated": "(is)?(loose|tight)?iso(lated)?",
    "jvt": "jvt",
    "b_tagged": "(is)?b(tag|jet)(ged)?",
}
CODES = {"e": " 11", "m": " 13"}  # by the first letter of a collection's name
COLLECTION = re.compile(
    r"(?P<name>(?:|.*[_.])(?P<kind>electron|ele?|muon|mu|lepton|lep|jet)s?)(?P<number>\d*)"
    r"(?P<dot>[_.]?)pt(?P<rest>(?:_.*)?)",
    re.IGNORECASE,
)


@dataclass
class _Collection:
    """Branches whose names differ in one part, the field; ``{}`` is in the place of a number."""

    kind: str
    start: str
    rest: str
    numbers: list[str]

    def branch(self, field: str, number: str = "{}") -> str:
        return self.start.replace("{}", number) + field + self.rest

    def parts(self, branches: Iterable[str]) -> list[str]:
        """What the names of its (first) objects have in the place of the field."""
        start = self.start.replace("{}", self.numbers[0])
        own = [one for one in branches if one.startswith(start) and one.endswith(self.rest)]
        return [one[len(start) : len(one) - len(self.rest)] for one in own]


def describe(path: Path, tree: str = "") -> str:
    """Write a layout for a file: what its branches' names suggest, and blanks to fill in.

    Args:
        path: The file.
        tree: Name of the tree; by default that with most branches.

    Raises:
        InputError: It can't be read, or has no such tree.
    """
    with open_file(path) as file:
        kinds = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple")
        trees = {
            key.split(";")[0]: file[key] for key, kind in file.classnames().items() if kind in kinds
        }
        if not trees:
            msg = f"{path}: holds no TTree and no RNTuple"
            raise InputError(msg)
        tree = tree or max(trees, key=lambda name: len(trees[name].keys()))
        found = trees[one_of(f"tree of {path}:", tree, trees)]
        types = found.typenames(full_paths=False)
        groups = _collections(types)
        unit = _unit(found, groups)
    known = [
        f'# It has the branches of the {key} release: `release: "{key}"` will do.'
        for key, one in releases().items()
        if one.tree == tree and one.needed(simulated=False).keys() <= types.keys()
    ]
    numbers = [name for name, kind in types.items() if not re.search(r"\[|<", kind)]
    event = [f"  {field}:{_called(pattern, numbers)}" for field, pattern in EVENT.items()]
    lines = [
        f"# {path.name}: tree {tree}, {len(types)} branches.",
        *known,
        "# Guessed from names: check every line, and fill in the blanks.",
        f"tree: {tree}",
        unit,
        "event:",
        *event,
        f"trigger:  # or yes: all events; {_of('^(trig|hlt|pass)', numbers)}",
        f"scale_factors: []  # {_of('weight|scale_?factor|(^|_)sf', numbers)}",
        f"cross_section: []  # if the file states it; {_of('xs|cross|filteff|kfac', numbers)}",
        f'sum_of_weights: ""  # likewise; {_of("sum_?(of_?)?w", numbers)}',
    ]
    for what, model in (("leptons", LeptonLayout), ("jets", JetLayout)):
        lines.append(f"{what}:")
        those = [one for one in groups if (one.kind == "j") == (what == "jets")]
        for one in those or [_Collection("", "", "", [""])]:
            lines += _objects(one, list(model.model_fields), types)
    return "\n".join(lines) + "\n"


def _collections(branches: Iterable[str]) -> list[_Collection]:
    """The leptons and jets that have a transverse momentum; of its variations the first."""
    found: dict[str, _Collection] = {}
    for match in filter(None, map(COLLECTION.fullmatch, branches)):
        start = match["name"] + ("{}" if match["number"] else "") + match["dot"]
        kind = match["kind"][0].lower()
        one = found.setdefault(start, _Collection(kind, start, match["rest"], []))
        if one.rest == match["rest"]:
            one.numbers.append(match["number"])
    return list(found.values())


def _unit(tree: Any, groups: list[_Collection]) -> str:
    """The unit, by the size of the first collection's momenta."""
    if not groups:
        return "unit:  # GeV or MeV"
    of = groups[0]
    name = next(
        of.branch(part, of.numbers[0])
        for part in of.parts(tree.keys(full_paths=False))
        if part.lower() == "pt"
    )
    pt = np.asarray(ak.ravel(tree[name].array(entry_stop=LOOKED_AT)))
    if not np.any(pt > 0):
        return f"unit:  # GeV or MeV; the first entries have no {name}"
    median = np.median(pt[pt > 0])
    return f"unit: {'MeV' if median > LARGEST else 'GeV'}  # the median of {name} is {median:.3g}"


def _called(pattern: str, names: Iterable[str], form: Callable[[str], str] = str) -> str:
    """The first name that a pattern fits, after a space; nothing if there is none."""
    fits = (one for one in names if re.fullmatch(pattern, one.lower().replace("_", "")))
    return next((f" {form(one)}" for one in fits), "")


def _of(pattern: str, names: Iterable[str]) -> str:
    """Names that may be meant."""
    found = [name for name in names if re.search(pattern, name, re.IGNORECASE)]
    more = ", ..." if len(found) > SHOWN else ""
    return f"of {', '.join(found[:SHOWN]) or 'none that looks so'}{more}"


def _objects(of: _Collection, fields: list[str], branches: Iterable[str]) -> Iterator[str]:
    """An entry of the leptons or jets."""
    parts, lines = of.parts(branches) if of.start else [], list[str]()
    if of.numbers[0]:
        lines.append(f"each: [{', '.join(of.numbers)}]")
    for field in fields:
        text = _called(OBJECT.get(field, "$"), parts, of.branch)
        if field == "flavour":
            text = CODES.get(of.kind, text)
        lower = {one.lower(): one for one in parts}
        if field == "energy" and not text and {"pt", "eta", "mass"} <= lower.keys():
            pt, eta = (of.branch(lower[one]) for one in ("pt", "eta"))
            text = f" sqrt(({pt} * cosh({eta}))**2 + {of.branch(lower['mass'])}**2)"
        if text or field not in OPTIONAL:
            lines.append(f"{field}:{text}")
    for i, line in enumerate([*lines, f"# {of.branch('*')} has {', '.join(parts) or 'nothing'}"]):
        yield ("    " if i else "  - ") + line
