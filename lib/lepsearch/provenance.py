"""What a made thing was made from: the library modules a script uses, and digests of files."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lepsearch import __version__
from lepsearch.errors import InputError
from lepsearch.files import sha256

__all__ = ("LIBRARY", "digest", "fingerprint", "modules_used", "what_changed")

LIBRARY = Path(__file__).resolve().parent


def modules_used(source: Path, library: Path = LIBRARY) -> list[Path]:
    """Files of the library that a script or a module uses, directly or through others.

    Found by reading, not by running: every import statement counts, at the top or inside a
    function. A data file of the library (a table, a YAML file) counts when a module that is used
    names it in a string. The source itself is left out.

    Args:
        source: A notebook script (percent format) or a module.
        library: The package's folder.

    Returns:
        Sorted paths below ``library``.

    Raises:
        InputError: A source isn't valid Python.
    """
    found: set[Path] = set()
    waiting = [source.resolve()]
    while waiting:
        path = waiting.pop()
        fresh = {one for one in _uses(path, library) if one not in found}
        found |= fresh
        waiting += [one for one in fresh if one.suffix == ".py"]
    return sorted(found - {source.resolve()})


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
    """What an executed notebook depends on, to be kept in it and compared later.

    Args:
        source: The percent script.
        parameters: Values that the run was given.
        inputs: Files that it reads (skims, the manifest).
        root: The project folder; files below it are named relative to it.

    Returns:
        ``files`` (digest of the script, of each library file it uses and of each input),
        ``parameters`` and the library's ``version``, all of them fit for JSON.
    """
    files = [source, *modules_used(source), *inputs]
    return {
        "files": {_name(path, root): sha256(path) for path in files},
        "parameters": dict(parameters),
        "version": __version__,
    }


def what_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """In words, each difference between two fingerprints."""
    changes = []
    before, now = old.get("files", {}), new["files"]
    for name in sorted({*before, *now}):
        if name not in before:
            changes.append(f"{name} was not used then")
        elif name not in now:
            changes.append(f"{name} is not used any more")
        elif before[name] != now[name]:
            changes.append(f"{name} has changed")
    given, wanted = old.get("parameters", {}), new["parameters"]
    for name in sorted({*given, *wanted}):
        if given.get(name) != wanted.get(name):
            changes.append(
                f"parameter {name} was {given.get(name)!r}, the book's is {wanted.get(name)!r}"
            )
    if old.get("version") != new["version"]:
        changes.append(f"lepsearch was {old.get('version')}, now {new['version']}")
    return changes


def _name(path: Path, root: Path) -> str:
    """A file's name in a fingerprint: relative to the project, or to the library, or its own."""
    resolved = path.resolve()
    if resolved.is_relative_to(root):
        return resolved.relative_to(root).as_posix()
    if resolved.is_relative_to(LIBRARY):
        return f"lepsearch/{resolved.relative_to(LIBRARY).as_posix()}"
    return resolved.name


def _uses(path: Path, library: Path) -> Iterator[Path]:
    """The library's files that one Python file names itself."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        msg = f"{path}: line {error.lineno}: not valid Python ({error.msg})"
        raise InputError(msg) from error
    inside = path.is_relative_to(library)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module_files(alias.name, library)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, path, library)
            for alias in node.names:
                yield from _module_files(f"{base}.{alias.name}", library)
        elif inside and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _data_files(node.value, path.parent, library)


def _base(node: ast.ImportFrom, path: Path, library: Path) -> str:
    """The module that a ``from`` import starts at, with a relative one resolved."""
    if not node.level:
        return node.module or ""
    folder = path.parent
    for _ in range(node.level - 1):
        folder = folder.parent
    if not folder.is_relative_to(library.parent):
        return ""
    parts = [*folder.relative_to(library.parent).parts, *([node.module] if node.module else [])]
    return ".".join(parts)


def _module_files(name: str, library: Path) -> Iterator[Path]:
    """The file of a module and the ``__init__`` of each package above it; nothing if not ours.

    A last part that is no module (a function, a class) is passed over.
    """
    parts = name.split(".")
    if parts[0] != library.name:
        return
    folder = library
    yield folder / "__init__.py"
    for part in parts[1:]:
        module, package = folder / f"{part}.py", folder / part / "__init__.py"
        if package.is_file():
            yield package
            folder = folder / part
            continue
        if module.is_file():
            yield module
        return


def _data_files(text: str, folder: Path, library: Path) -> Iterator[Path]:
    """Files that a string names beside its module or at the top of the library; Python aside."""
    if not text or len(text) > 100 or "\n" in text or "\0" in text or text.startswith(("/", ".")):
        return
    for parent in dict.fromkeys((folder, library)):
        path = parent / text
        if path.is_file() and path.suffix != ".py":
            yield path
        elif path.is_dir() and not any(path.glob("**/*.py")):
            yield from (one for one in path.rglob("*") if one.is_file())
