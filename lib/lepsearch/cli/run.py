"""`lepsearch list`, `run` and `build`: what chapters ask, one of them anew, and the book."""

import csv
import datetime as dt
import filecmp
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from lepsearch import __version__
from lepsearch.cli.options import Folder, Profile
from lepsearch.errors import InputError
from lepsearch.workspace import Workspace, project_root

INDEX = ("time", "folder", "version", "parameters")


def list_command(profile: Profile = None, data: Folder = None) -> None:
    """List the chapters with their questions, parameters and the time that the last run took."""
    from lepsearch.book.chapters import find_chapter, list_chapters, manifest_of

    workspace = Workspace.find(profile, data)
    manifest_of(workspace).profile(workspace.profile)
    for name in list_chapters(workspace.root) or [""]:  # which is none
        chapter = find_chapter(workspace.root, name)
        time = workspace.build / "times" / f"{name}.tsv"  # written by Snakemake
        took = "not run yet"
        if time.is_file():
            took = f"{float(time.read_text().splitlines()[1].split()[0]):.0f} s"
        typer.echo(f"{name} ({took} with {workspace.profile})\n    {chapter.question}")
        names = ", ".join(one for one in chapter.parameters if one != "profile")
        typer.echo(f"    parameters: {names or 'none'}")
    typer.echo("What may be given for them: lepsearch run NN --help-parameters")


def _begun(incomplete: str) -> list[str]:
    """Chapters whose name begins so, for the shell."""
    from lepsearch.book.chapters import list_chapters

    return [name for name in list_chapters(project_root()) if name.startswith(incomplete)]


def run_command(
    chapter: Annotated[
        str, typer.Argument(help="Name or number: 27_cut_and_count, or 27.", autocompletion=_begun)
    ],
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="name=value, any number of them.")
    ] = None,
    profile: Profile = None,
    data: Folder = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Whole grids and more trainings; takes many times as long."),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Folder; by default a new one in build/PROFILE/reruns."
        ),
    ] = None,
    help_parameters: Annotated[
        bool, typer.Option("--help-parameters", help="List the chapter's parameters, and stop.")
    ] = False,
    for_book: Annotated[
        bool, typer.Option("--for-book", help="Make the book's own copy, with the defaults.")
    ] = False,
) -> None:
    """Execute a chapter with other parameters, and render it, aside from the book's copy."""
    from lepsearch.book.chapters import events_of, find_chapter, overrides

    found = find_chapter(project_root(), chapter)
    if help_parameters:
        typer.echo("\n".join(map(str, found.parameters.values())) or "it has none")
        return
    # two seconds to import: other commands need not wait for them
    from lepsearch.book.execute import execute
    from lepsearch.book.render import render_alone

    given = overrides(found, parameter or [])
    workspace = Workspace.find(given.get("profile", profile), data)
    if for_book:
        if parameter or output or full:
            msg = "--for-book runs with the defaults into the book's own place: drop -p, -o, --full"
            raise InputError(msg)
        notebook = workspace.chapters / f"{found.name}.ipynb"
        results = workspace.results / f"{found.name}.json"
        values = found.values(events_of(found.source, workspace).profile)
        execute(found, workspace, values, notebook, results)
        return
    events = events_of(found.source, workspace, found.learns(given))
    values = found.values(events.profile, given, full=full)
    if output is None:
        words = given | ({"full": True} if full else {})
        output = _new_folder(workspace.build / "reruns", found.name, words)
    notebook = output.resolve() / f"{found.name}.ipynb"
    if notebook.parent == workspace.chapters:
        msg = f"{output} holds the book's own chapters; name another folder"
        raise InputError(msg)
    results = notebook.with_suffix(".json")
    execute(found, workspace, values, notebook, results)
    page = render_alone(notebook, workspace.root, notebook.parent / "html")
    if output.parent == workspace.build / "reruns":
        _share(page.parent, output.parent.glob("*/html"))
        _enter(output, values)
    for path in (notebook, results, page):
        typer.echo(path)


def build_command(
    profile: Profile = None,
    data: Folder = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only hold the sources against the book's rules.")
    ] = False,
) -> None:
    """Render the book of a profile from its executed chapters (`make book` executes them too)."""
    from lepsearch.book import render  # two seconds to import: other commands need not wait

    workspace = Workspace.find(profile, data)
    if check:
        render.check(workspace.root)
        typer.echo("every page keeps to the book's rules")
    else:
        typer.echo(f"The book: {render.build(workspace)}")


def _new_folder(reruns: Path, name: str, given: Mapping[str, Any]) -> Path:
    """A folder named by the chapter and what was given, with a number where it is taken."""
    words = "-".join([name, *(f"{key}={value}" for key, value in given.items())])
    words = re.sub(r"[^\w=.,-]", "", words)[:100]
    for number in itertools.count(1):
        folder = reruns / (words if number == 1 else f"{words}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        break
    return folder


def _share(page: Path, others: Iterable[Path]) -> None:
    """Let files that an earlier page has too (styles, MathJax) take room once, by hard links."""
    earlier = next((one for one in others if one != page), page)
    for path in sorted(page.rglob("*")):
        twin, link = earlier / path.relative_to(page), path.with_name(f"{path.name}.link")
        if twin != path and twin.is_file() and filecmp.cmp(path, twin, shallow=False):
            with suppress(OSError):  # a file system without them
                link.hardlink_to(twin)
                link.replace(path)


def _enter(folder: Path, values: Mapping[str, Any]) -> None:
    """Add a run to the index of its profile's reruns."""
    index = folder.parent / "index.csv"
    begin = not index.exists()
    now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    with index.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        rows = [INDEX] * begin + [(now, folder.name, __version__, json.dumps(dict(values)))]
        writer.writerows(rows)
