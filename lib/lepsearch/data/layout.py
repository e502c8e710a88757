"""How ntuples name, scale and grade what the searches need: a release's, or a user's own.

A layout is a YAML file: ``releases.yaml`` beside this module has those of the open data, and the
book's page *Your own events* shows how to write one. Each quantity is a number, a branch, or an
expression of branches as numexpr evaluates it, ``(lep_type == 11) & lep_isTight``.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, RootModel, model_validator

from lepsearch.data.lined_yaml import Strict, read
from lepsearch.errors import one_of

__all__ = ("Layout", "branches", "own_layout", "plain", "releases", "the_layout")

OF_SIMULATION = {"generator_weight", "prompt"}
SIGNS = re.compile(r"[\w\s.,+*/%()<>=!&|^~-]+")  # nothing that could run other code
NAME = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*+(?!\s*\()")


def branches(text: str) -> list[str]:
    """Name the branches that an expression is made of.

    Examples:
        >>> branches("abs(Electron.PdgId) * (lep_pt > 1e3)")
        ['Electron.PdgId', 'lep_pt']
    """
    return NAME.findall(text)


def plain(text: str) -> str:
    """Spell the names of an expression without dots, as numexpr takes them."""
    return NAME.sub(lambda name: name[0].replace(".", "_"), text)


def _expression(value: object) -> str:
    """The text of an expression; yes and no are 1 and 0."""
    if value is None:
        msg = "is missing: a branch, an expression of branches, or a number"
        raise ValueError(msg)
    text = str(int(value)) if isinstance(value, bool) else str(value)
    try:
        if not SIGNS.fullmatch(text) or any(map(iskeyword, branches(text))):
            raise SyntaxError
        compile(plain(text), "expression", "eval")
    except SyntaxError as error:
        msg = f"should be a branch, or an expression such as '(a < 0.1 * b) & c', but is {text!r}"
        raise ValueError(msg) from error
    return text


Expression = Annotated[str, BeforeValidator(_expression)]


class ByRegion(Strict):
    """A value for each region; in the file one value may stand for all."""

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, value: object) -> object:
        return value if isinstance(value, Mapping) else dict.fromkeys(cls.model_fields, value)


class Triggers(ByRegion):
    """Which events a trigger of each region has chosen."""

    dilepton: Expression
    trilepton: Expression


class ScaleFactors(ByRegion):
    """Efficiency corrections of each region, whose product is applied in simulation."""

    dilepton: tuple[Expression, ...]
    trilepton: tuple[Expression, ...]


class EventLayout(Strict):
    """Where the fields of ``events.records.Events`` are; the weight is read in simulation only."""

    run: Expression
    event: Expression
    generator_weight: Expression = "1"
    missing_pt: Expression
    missing_phi: Expression


class ObjectLayout(Strict):
    """Where the momenta of a collection of objects are; without energy, they are massless.

    ``keep`` tells which entries are objects, all by default; of numbers and lists of fixed length
    only those with a pt above 0 are.
    """

    pt: Expression
    eta: Expression
    phi: Expression
    energy: Expression | None = None
    keep: Expression | None = None


class LeptonLayout(ObjectLayout):
    """Where the fields of ``events.records.Leptons`` are.

    ``prompt`` tells which simulated leptons are matched to generated prompt ones.
    """

    flavour: Expression
    charge: Expression
    z0: Expression
    d0_significance: Expression
    tight: Expression
    isolated: Expression
    prompt: Expression = "1"


class JetLayout(ObjectLayout):
    """Where the fields of ``events.records.Jets`` are."""

    jvt: Expression
    b_tagged: Expression


def _collections(value: object) -> object:
    """A list of collections; one with ``each`` is several, a name of these in place of ``{}``."""

    def filled(entry: Any) -> list[Any]:
        if not isinstance(entry, Mapping) or "each" not in entry:
            return [entry]
        fields, each = dict(entry), entry["each"]
        del fields["each"]
        names = each if isinstance(each, list) else [each]
        return [
            {k: v.replace("{}", str(name)) if isinstance(v, str) else v for k, v in fields.items()}
            for name in names
        ]

    entries = value if isinstance(value, list) else [value]
    found = list(chain.from_iterable(map(filled, entries)))
    chosen = [(one.get("pt"), one.get("keep")) for one in found if isinstance(one, Mapping)]
    if twice := next((pt for pt, keep in chosen if chosen.count((pt, keep)) > 1), None):
        msg = f"the objects with pt {twice!r} stand there twice; tell them apart by `keep`, or by "
        raise ValueError(msg + "`{}` in the branches of `each`")
    return found


class Layout(Strict):
    """How one kind of ntuple names and scales what ``events.records.Events`` needs."""

    tree: str  # name of the tree, a TTree or an RNTuple
    unit: Literal["GeV", "MeV"]  # energy unit of the momenta
    event: EventLayout  # the event's own fields
    trigger: Triggers  # which events to take, by region
    scale_factors: ScaleFactors  # what multiplies a simulated event's weight, by region
    # collections of leptons, of branches with a list or one number an event
    leptons: Annotated[tuple[LeptonLayout, ...], BeforeValidator(_collections), Field(min_length=1)]
    # likewise
    jets: Annotated[tuple[JetLayout, ...], BeforeValidator(_collections), Field(min_length=1)]
    # branches whose product is the cross section [pb]; none if no branch has it
    cross_section: tuple[str, ...] = ()
    # branch of the sum of generator weights, or ``tree/branch`` of another tree, which has it in
    # parts; empty if none has it
    sum_of_weights: str = ""
    channel: str = ""  # branch of the number of the simulated sample; empty if none has it
    working_points: str = ""  # what makes leptons and b-jets, in words, for the book
    name: str = Field("", repr=False)  # what messages call it

    def called(self, name: str) -> Self:
        """The same with this name."""
        return self.model_copy(update={"name": name})

    @property
    def gev(self) -> float:
        """Size of the files' energy unit in GeV."""
        return {"GeV": 1.0, "MeV": 1e-3}[self.unit]

    def texts(self, *, simulated: bool) -> Iterator[tuple[str, str]]:
        """Fields and their expressions; weights and corrections only in simulation."""
        parts = [("event", self.event), ("trigger", self.trigger)]
        parts += [("leptons", one) for one in self.leptons] + [("jets", one) for one in self.jets]
        for what, part in parts:
            for field, text in part:
                if text and (simulated or field not in OF_SIMULATION):
                    yield f"{what}.{field}", text
        if simulated:
            for region, factors in self.scale_factors:
                yield from ((f"scale_factors.{region}", text) for text in factors)

    def needed(self, *, simulated: bool) -> dict[str, str]:
        """Branches to read, and the field that needs each."""
        texts = self.texts(simulated=simulated)
        return {name: field for field, text in texts for name in branches(text)}


@cache
def releases() -> dict[str, Layout]:
    """The layouts of the open-data releases."""
    found = read(Path(__file__).with_name("releases.yaml"), RootModel[dict[str, Layout]]).root
    return {key: one.called(f"the {key} release") for key, one in found.items()}


def own_layout(path: Path) -> Layout:
    """The layout that a user's file describes.

    Raises:
        InputError: It is absent, or wrong; every problem is named with its line.
    """
    return read(path, Layout).called(str(path))


def the_layout(layout: Layout | str) -> Layout:
    """A layout, or that of the release of this name; an unknown one is an ``InputError``."""
    if isinstance(layout, Layout):
        return layout
    return releases()[one_of("release", layout, releases())]
