"""What a made thing was made from: the library modules a script uses, and digests of files."""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import grimp

from lepsearch import __version__
from lepsearch.errors import InputError
from lepsearch.files import sha256

__all__ = ("LIBRARY", "digest", "fingerprint", "modules_used", "what_changed")

LIBRARY = Path(__file__).resolve().parent
DATA = (".yaml", ".json")  # kinds of files that modules read from beside them


def modules_used(source: Path, library: Path = LIBRARY) -> list[Path]:
    """Files of the library that a script or a module uses, directly or through others.

    Found by reading, not by running: every import counts, at the top or inside a function, but for
    those that only type checkers see. A data file (a table, a YAML file) counts when a module
    beside it that is used names it. The source itself is left out; the library is the folder of a
    package that Python can import.

    Raises:
        InputError: The source isn't valid Python.
    """
    graph = _graph(library.name)
    imported = _imported(source, source.stat().st_mtime_ns)
    waiting = [name for name in imported if name in graph.modules]
    used: set[str] = set()
    while waiting:
        used.add(name := waiting.pop())
        package = name.rpartition(".")[0] or name  # it is imported before its modules
        waiting += {*graph.find_modules_directly_imported_by(name), package} - used
    files = {path for name in used for path in _files(name, library)}
    return sorted(files - {source.resolve()})


@cache
def _graph(package: str) -> grimp.ImportGraph:
    return grimp.build_graph(package, cache_dir=None, exclude_type_checking_imports=True)


@cache
def _files(module: str, library: Path) -> list[Path]:
    """The file of a module, and the data files beside it that it names."""
    path = library.parent.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    beside = (one for one in path.parent.iterdir() if one.suffix in DATA)
    return [path, *(one for one in beside if one.name in text)]


@cache
def _imported(source: Path, _changed: int) -> list[str]:
    """Names in a script's import statements, of modules or of what is in them.

    It is read once for each time that it changes.
    """
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except SyntaxError as error:
        msg = f"{source}: line {error.lineno}: not valid Python ({error.msg})"
        raise InputError(msg) from error
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def digest(*parts: object) -> str:
    """Short digest of values whose ``repr`` is all that matters (numbers, strings, dataclasses).

    Examples:
        >>> digest("ttbar", 72.6) == digest("ttbar", 72.6)
        True
        >>> digest("ttbar", 72.6) == digest("ttbar", 72.7)
        False
    """
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def fingerprint(
    source: Path, parameters: Mapping[str, Any], inputs: Iterable[Path], root: Path
) -> dict[str, Any]:
    """What an executed notebook depends on, to be kept in it as JSON and compared later.

    These are ``files`` (digests of the script, of each library file that it uses and of the inputs
    that it reads; their names are relative to the project's root), ``parameters`` of the run and
    the library's ``version``.
    """
    paths = [path.resolve() for path in (source, *modules_used(source), *inputs)]
    tops = {path: root if path.is_relative_to(root) else path.parents[1] for path in paths}
    files = {path.relative_to(top).as_posix(): sha256(path) for path, top in tops.items()}
    return {"files": files, "parameters": dict(parameters), "version": __version__}


def what_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """In words, each difference between two fingerprints."""
    before, now = old.get("files", {}), new["files"]
    changes = [f"{name} was not used then" for name in sorted(now.keys() - before.keys())]
    changes += [f"{name} is not used any more" for name in sorted(before.keys() - now.keys())]
    both = sorted(now.keys() & before.keys())
    changes += [f"{name} has changed" for name in both if before[name] != now[name]]
    given, wanted = old.get("parameters", {}), new["parameters"]
    changes += [
        f"parameter {name} was {given.get(name)!r}, the book's is {wanted.get(name)!r}"
        for name in sorted({*given, *wanted})
        if given.get(name) != wanted.get(name)
    ]
    if old.get("version") != new["version"]:
        changes.append(f"lepsearch was {old.get('version')}, now {new['version']}")
    return changes
