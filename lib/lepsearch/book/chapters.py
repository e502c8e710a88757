"""Chapters: percent scripts, the parameters that they take, and the notebooks made from them."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lepsearch.book.parameters import Parameter, read_parameters
from lepsearch.data.manifest import Manifest, load_manifest
from lepsearch.errors import InputError, nearest
from lepsearch.provenance import modules_used
from lepsearch.workspace import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = (
    "Chapter",
    "earlier",
    "events_of",
    "find_chapter",
    "inputs",
    "learned_by",
    "list_chapters",
    "manifest_of",
    "overrides",
    "regions_of",
)

DEFAULT_PROFILE = "embedded"
TITLE = re.compile(r"^# .+$", re.MULTILINE)
MARK = re.compile(r"^# %%", re.MULTILINE)
HEAD = re.compile(r'^# %%.*"parameters".*$', re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """One percent script and what is read from it."""

    source: Path  # the script, ``notebooks/NN_topic.py``
    notebook: "NotebookNode" = field(repr=False)  # it as a notebook, not executed
    parameters: Mapping[str, Parameter]  # those of its parameters cell, by name
    smoke: Mapping[str, Any]  # values that replace the defaults at smoke size
    # values that replace the defaults with ``--full``: larger grids, more trainings
    full: Mapping[str, Any]
    # line of the script that each cell's text begins on, counted from 1
    starts: tuple[int, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """``NN_topic``."""
        return self.source.stem

    @property
    def question(self) -> str:
        """The first question of its text."""
        text = " ".join(TITLE.split(self.notebook.cells[0].source, maxsplit=1)[-1].split())
        return text.partition("?")[0] + "?" if "?" in text else ""

    @classmethod
    def read(cls, source: Path) -> Self:
        """Read a script; more than ``name = value`` in its parameters cell is an ``InputError``."""
        import jupytext  # takes more than a second, and the Snakefile only lists chapters

        text = source.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt="py:percent")
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook.metadata["kernelspec"] = kernel
        notebook.metadata.pop("jupytext", None)
        starts = [text.count("\n", 0, mark.start()) + 2 for mark in MARK.finditer(text)]
        if len(starts) != len(notebook.cells):  # text before the first mark is a cell of its own
            starts = [1, *starts]
        parameters, smoke, full = read_parameters(notebook, source, starts)
        return cls(source, notebook, parameters, smoke, full, tuple(starts))

    def values(
        self, profile: str, given: Mapping[str, Any] | None = None, *, full: bool = False
    ) -> dict[str, Any]:
        """What a run of a profile injects: the profile, smoke or full values, then ``given`` ones.

        Raises:
            InputError: Full values are asked for, and the chapter has none.
        """
        if full and not self.full:
            msg = f"{self.name} has no full parameter set: leave out --full"
            raise InputError(msg)
        values: dict[str, Any] = dict(self.smoke) if profile == "smoke" else {}
        if full:
            values |= self.full
        if "profile" in self.parameters:
            values["profile"] = profile
        return values | dict(given or {})

    def learns(self, given: Mapping[str, Any]) -> set[str]:
        """Groups and samples that it learns from, where given values take the defaults' place."""
        names = learned_by(self.source)
        for name, value in given.items():
            if found := names & _names(self.parameters[name].default):
                names = names - found | _names(value)
        return names


def regions_of(source: Path) -> list[str]:
    """Regions whose skims a chapter reads, as the head of its parameters cell lists them."""
    return [str(region) for region in _head(source).get("reads", [])]


def earlier(source: Path) -> list[str]:
    """Chapters that a chapter uses the results of, where they are there, as its head lists them."""
    return [str(name) for name in _head(source).get("after", [])]


def inputs(source: Path, workspace: Workspace) -> list[Path]:
    """Files that a chapter reads: the manifest with its tables, and the skims of its regions.

    With them go the modules that put its numbers into text, and the scripts of all chapters if the
    head asks for them. The workspace is that of the events,
    see :func:`events_of`.
    """
    writer = Path(str(find_spec("lepsearch.book.report").origin))  # type: ignore[union-attr]
    files = [writer, *modules_used(writer)]
    if _head(source).get("scripts"):
        files += sorted(source.parent.glob("[0-9][0-9]_*.py"))
    if regions := regions_of(source):
        manifest = manifest_of(workspace)
        files += manifest.paths
        samples = [one.name for one in manifest.sources(workspace)]
        files += [workspace.skim(region, sample) for region in regions for sample in samples]
    return files


def events_of(source: Path, workspace: Workspace, learns: set[str] | None = None) -> Workspace:
    """The workspace that a chapter of a profile's book takes its events from.

    It is the book's own, but for chapters that learn from signals where the profile lacks any of
    these: they take the simulated events of the default profile. The signals are those of the
    chapter's head, if not named.
    """
    learns = learned_by(source) if learns is None else learns
    if not learns:
        return workspace
    sources = manifest_of(workspace).sources(workspace)
    if learns <= {name for one in sources for name in (one.name, one.group)}:
        return workspace
    return replace(workspace, profile=DEFAULT_PROFILE)


def learned_by(source: Path) -> set[str]:
    """Groups and samples that a chapter learns from, as the head of its parameters cell says."""
    return set(_head(source).get("learns", ()))


def _names(value: object) -> set[str]:
    """Names that a parameter's value holds."""
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}


def _head(source: Path) -> dict[str, Any]:
    """What the head of a script's parameters cell says to this library."""
    head = HEAD.search(source.read_text(encoding="utf-8"))
    said = head[0].partition(" lepsearch=")[2] if head else ""
    return json.JSONDecoder().raw_decode(said)[0] if said else {}


def manifest_of(workspace: Workspace) -> Manifest:
    """The data manifest, read once for all chapters while its file stays the same."""
    return _manifest(workspace.manifest, workspace.manifest.stat().st_mtime_ns)


@cache
def _manifest(path: Path, _changed: int) -> Manifest:
    return load_manifest(path)


def list_chapters(root: Path) -> list[str]:
    """Names of the scripts in ``notebooks/``, in order."""
    return sorted(path.stem for path in (root / "notebooks").glob("[0-9][0-9]_*.py"))


def find_chapter(root: Path, name: str) -> Chapter:
    """The chapter of a name (``27_cut_and_count``), a number (``27``) or a path.

    Raises:
        InputError: There is no such chapter, with the nearest names.
    """
    stem = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
    known = list_chapters(root)
    matching = [one for one in known if one == stem or one.split("_")[0] == stem]
    if not matching:
        msg = f"no chapter {name!r} in {root / 'notebooks'}; there is {nearest(stem, known)}"
        if not known:
            msg = f"no chapters in {root / 'notebooks'}: they are in a checkout of the project; "
            msg += "run there, or set LEPSEARCH_ROOT to it"
        raise InputError(msg)
    return Chapter.read(root / "notebooks" / f"{matching[0]}.py")


def overrides(chapter: Chapter, given: Iterable[str]) -> dict[str, Any]:
    """Read ``name=value`` texts as parameters of a chapter.

    Raises:
        InputError: An unknown name or a wrong type, with the list of the right ones.
    """
    values: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        try:
            if not equals:
                msg = f"expected a parameter as name=value, got {text!r}"
                raise InputError(msg)
            if name == "profile":
                msg = f"name the profile with --profile {value}, not with -p"
                raise InputError(msg)
            if name not in chapter.parameters or name in values:
                msg = f"parameter {name!r} is given twice" if name in values else ""
                raise InputError(msg or f"no parameter {name!r}")
            values[name] = chapter.parameters[name].parse(value)
        except InputError as error:
            listed = "".join(f"\n  {one}" for one in chapter.parameters.values()) or " none"
            msg = f"{chapter.name}: {error}; its parameters are:{listed}"
            raise InputError(msg) from None
    return values
