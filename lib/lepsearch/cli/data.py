"""`lepsearch data`: list, fetch and verify the files of the open data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lepsearch.errors import FetchError
from lepsearch.workspace import Workspace

if TYPE_CHECKING:
    from lepsearch.data.fetch import Download
    from lepsearch.data.opendata import OpenFile

__all__ = ("data_app",)

SHOWN = 40
NOTHING_NAMED = "the whole open data is some 3 TB: name a --profile, --release, --skim or --process"

data_app = typer.Typer(
    no_args_is_help=True, help="List, fetch and verify the files of the open data."
)

Names = list[str] | None
Profile = Annotated[
    str | None, typer.Option(help="The files of this profile: opendata-2020 or opendata-2025.")
]
Releases = Annotated[Names, typer.Option(help="Release: 2020 or 2025; repeatable.")]
Skims = Annotated[Names, typer.Option(help="Collection, as 2lep; repeatable.")]
Processes = Annotated[Names, typer.Option(help="Group, sample, DSID or data period; repeatable.")]
Kinds = Annotated[Names, typer.Option(help="data, mc or other; repeatable.")]
Folder = Annotated[
    Path | None, typer.Option("--to", help="Folder of downloads; data/ in the project by default.")
]
Workers = Annotated[int, typer.Option(help="How many files at a time.", min=1)]
Protocol = Annotated[Literal["https", "root"], typer.Option(help="How to fetch.")]


@data_app.command("list")
def list_command(
    profile: Profile = None,
    release: Releases = None,
    skim: Skims = None,
    process: Processes = None,
    kind: Kinds = None,
    files: Annotated[bool, typer.Option("--files", help="Every file, with its address.")] = False,
    via: Protocol = "https",
) -> None:
    """Say what there is: how many files of how many bytes, by collection and group."""
    found = _select(profile, release=release, collection=skim, process=process, kind=kind)
    groups = defaultdict(list)
    for file, one in zip(found, _downloads(found, None, via), strict=True):
        groups[f"{file.release} {file.collection:<15} {file.group:<16}"].append(file)
        if files:
            typer.echo(f"{file.size:>15,} {file.adler32} {one.address}")
    for group, members in sorted(groups.items() if not files else ()):
        typer.echo(f"{group} {len(members):>4} files {_size(members):>15}")
    typer.echo(f"{len(found)} files, {_size(found)}")


@data_app.command("fetch")
def fetch_command(
    profile: Profile = None,
    release: Releases = None,
    skim: Skims = None,
    process: Processes = None,
    kind: Kinds = None,
    to: Folder = None,
    workers: Workers = 4,
    via: Protocol = "https",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come.")] = False,
) -> None:
    """Fetch files; what is there already is left alone, what was cut off is resumed."""
    from lepsearch.data.fetch import fetch, state

    if not (profile or release or skim or process):
        raise FetchError(NOTHING_NAMED)
    found = _select(profile, release=release, collection=skim, process=process, kind=kind)
    downloads = _downloads(found, to, via)
    pairs = zip(found, downloads, strict=True)
    missing = [file for file, one in pairs if state(one, checksum=False) != "there"]
    typer.echo(f"{len(found)} files, {_size(found)}; to fetch: {len(missing)}, {_size(missing)}")
    if dry_run:
        for file in missing:
            typer.echo(f"{file.size:>15,} {file.path}")
    else:
        fetched = fetch(downloads, workers=workers)
        typer.echo(f"fetched {fetched} files; all {len(found)} are there")


@data_app.command("verify")
def verify_command(
    profile: Profile = None,
    release: Releases = None,
    skim: Skims = None,
    process: Processes = None,
    kind: Kinds = None,
    to: Folder = None,
    workers: Workers = 4,
) -> None:
    """Read the files that are there again and compare their sizes and checksums."""
    from tqdm import tqdm

    from lepsearch.data.fetch import state

    found = _select(profile, release=release, collection=skim, process=process, kind=kind)
    downloads = _downloads(found, to, "https")
    with ThreadPoolExecutor(workers) as pool:
        checks = pool.map(state, downloads)
        states = list(tqdm(checks, total=len(downloads), unit=" files", disable=None))
    count = Counter(states)
    if count["missing"] == len(found):
        msg = f"none of the {len(found)} files, {_size(found)}, is in {_place(to)}; "
        msg += "`lepsearch data fetch` with the same options gets them"
        raise FetchError(msg)
    pairs = zip(downloads, states, strict=True)
    bad = [f"{its}: {one.path}" for one, its in pairs if its != "there"]
    for line in bad[:SHOWN]:
        typer.echo(line)
    if len(bad) > SHOWN:
        typer.echo(f"... and {len(bad) - SHOWN} more")
    typer.echo(", ".join(f"{number} {name}" for name, number in sorted(count.items())))
    if bad:
        raise typer.Exit(1)


@data_app.command("describe")
def describe_command(
    file: Annotated[Path, typer.Argument(help="A ROOT file of yours.")],
    tree: Annotated[str, typer.Option(help="Its tree; by default that with most branches.")] = "",
) -> None:
    """Write a layout for a file of your own, to be checked; keep it beside your data."""
    from lepsearch.events.describe import describe

    typer.echo(describe(file, tree), nl=False)


def _select(profile: str | None, **filters: Names) -> list[OpenFile]:
    """The files that the options name; those of a profile are narrowed by the other options."""
    from lepsearch.data.manifest import load_manifest

    manifest = load_manifest(Workspace.find("local").manifest)
    found = manifest.open_data.select(**{what: names or () for what, names in filters.items()})
    if profile:
        if manifest.profile(profile).input != "release":
            msg = f"profile {profile!r} has nothing to fetch"
            raise FetchError(msg)
        wanted = {one.path for one in manifest.published(profile)}
        found = [file for file in found if file.path in wanted]
    if not found:
        msg = "no file fits all of these filters together; see `lepsearch data list`"
        raise FetchError(msg)
    return found


def _place(folder: Path | None) -> Path:
    return Workspace.find("local", folder).downloads


def _downloads(files: Sequence[OpenFile], folder: Path | None, via: str) -> list[Download]:
    from lepsearch.data.fetch import Download
    from lepsearch.data.opendata import places
    from lepsearch.data.remote import https_address

    address = https_address if via == "https" else str
    placed = zip(files, places(files, _place(folder)), strict=True)
    return [Download(address(one.uri), path, one.size, one.adler32) for one, path in placed]


def _size(files: Sequence[OpenFile]) -> str:
    from tqdm import tqdm

    return tqdm.format_sizeof(sum(file.size for file in files), "B")
