"""`lepsearch data`: list, fetch and verify the files of the open data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Literal

import typer
from tqdm import tqdm

from lepsearch.data.fetch import Download, State, fetch, state
from lepsearch.data.manifest import Manifest, load_manifest
from lepsearch.data.opendata import OpenFile
from lepsearch.data.remote import https_address
from lepsearch.errors import FetchError
from lepsearch.workspace import Workspace

__all__ = ("data_app",)

SHOWN = 40

data_app = typer.Typer(
    no_args_is_help=True, help="List, fetch and verify the files of the open data."
)

ProfileOption = Annotated[
    str | None, typer.Option(help="The files of this profile: opendata-2020 or opendata-2025.")
]
ReleaseOption = Annotated[list[str] | None, typer.Option(help="Release: 2020 or 2025; repeatable.")]
SkimOption = Annotated[list[str] | None, typer.Option(help="Collection, as 2lep; repeatable.")]
ProcessOption = Annotated[
    list[str] | None, typer.Option(help="Group, sample, DSID or data period; repeatable.")
]
KindOption = Annotated[list[str] | None, typer.Option(help="data, mc or other; repeatable.")]
FolderOption = Annotated[
    Path | None, typer.Option("--to", help="Folder of downloads; data/ in the project by default.")
]
WorkersOption = Annotated[int, typer.Option(help="How many files at a time.", min=1)]
ViaOption = Annotated[Literal["https", "root"], typer.Option(help="How to fetch.")]


@data_app.command("list")
def list_command(
    profile: ProfileOption = None,
    release: ReleaseOption = None,
    skim: SkimOption = None,
    process: ProcessOption = None,
    kind: KindOption = None,
    files: Annotated[bool, typer.Option("--files", help="Every file, with its address.")] = False,
) -> None:
    """Say what there is: how many files of how many bytes, by collection and group."""
    manifest = load_manifest(Workspace.find("local").manifest)
    found = _select(manifest, profile, release, skim, process, kind)
    if files:
        for file in found:
            typer.echo(f"{file.size:>15,} {file.adler32} {file.uri}")
    else:
        _table(found)
    typer.echo(f"{len(found)} files, {_size(found)}")


@data_app.command("fetch")
def fetch_command(
    profile: ProfileOption = None,
    release: ReleaseOption = None,
    skim: SkimOption = None,
    process: ProcessOption = None,
    kind: KindOption = None,
    to: FolderOption = None,
    workers: WorkersOption = 4,
    via: ViaOption = "https",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come.")] = False,
) -> None:
    """Fetch files; what is there already is left alone, what was cut off is resumed."""
    if not (profile or release or skim or process):
        msg = "the whole open data is some 3 TB: name a --profile, --release, --skim or --process"
        raise FetchError(msg)
    manifest = load_manifest(Workspace.find("local").manifest)
    found = _select(manifest, profile, release, skim, process, kind)
    downloads = _downloads(found, to, via)
    missing = [
        file
        for file, one in zip(found, downloads, strict=True)
        if state(one, checksum=False) != "there"
    ]
    typer.echo(f"{len(found)} files, {_size(found)}; to fetch: {len(missing)}, {_size(missing)}")
    if dry_run:
        for file in missing:
            typer.echo(f"{file.size:>15,} {file.path}")
        return
    fetched = fetch(downloads, workers=workers)
    typer.echo(f"fetched {fetched} files; all {len(found)} are there")


@data_app.command("verify")
def verify_command(
    profile: ProfileOption = None,
    release: ReleaseOption = None,
    skim: SkimOption = None,
    process: ProcessOption = None,
    kind: KindOption = None,
    to: FolderOption = None,
    workers: WorkersOption = 4,
) -> None:
    """Read the files that are there again and compare their sizes and checksums."""
    manifest = load_manifest(Workspace.find("local").manifest)
    downloads = _downloads(_select(manifest, profile, release, skim, process, kind), to, "https")
    with ThreadPoolExecutor(workers) as pool:
        checks = tqdm(pool.map(state, downloads), total=len(downloads), unit=" files", disable=None)
        states: dict[Path, State] = dict(zip([one.path for one in downloads], checks, strict=True))
    bad = {path: found for path, found in states.items() if found != "there"}
    for path, found in list(bad.items())[:SHOWN]:
        typer.echo(f"{found}: {path}")
    if len(bad) > SHOWN:
        typer.echo(f"... and {len(bad) - SHOWN} more")
    counts = Counter(states.values())
    typer.echo(", ".join(f"{counts[name]} {name}" for name in sorted(counts)))
    if bad:
        raise typer.Exit(1)


def _select(
    manifest: Manifest,
    profile: str | None,
    release: Sequence[str] | None,
    skim: Sequence[str] | None,
    process: Sequence[str] | None,
    kind: Sequence[str] | None,
) -> list[OpenFile]:
    """The files that the options name; those of a profile are narrowed by the other options."""
    found = manifest.open_data.select(
        releases=release or (),
        collections=skim or (),
        processes=process or (),
        kinds=kind or (),
    )
    if profile:
        if manifest.profile(profile).input != "release":
            msg = f"profile {profile!r} has nothing to fetch"
            raise FetchError(msg)
        workspace = Workspace(Path(), profile, Path())
        wanted = {path for one in manifest.sources(workspace) for path in one.files}
        found = [file for file in found if Path(file.path) in wanted]
    if not found:
        msg = "no file fits all of these filters together; see `lepsearch data list`"
        raise FetchError(msg)
    return found


def _downloads(
    files: Sequence[OpenFile], folder: Path | None, via: Literal["https", "root"]
) -> list[Download]:
    downloads = Workspace.find("local", folder).downloads
    return [
        Download(
            address=file.uri if via == "root" else https_address(file.uri),
            path=downloads / file.path,
            size=file.size,
            adler32=file.adler32,
        )
        for file in files
    ]


def _size(files: Sequence[OpenFile]) -> str:
    return f"{sum(file.size for file in files) / 1e9:,.3f} GB"


def _table(files: Sequence[OpenFile]) -> None:
    """Print files and bytes of each group of each collection."""
    groups: dict[tuple[str, str, str], list[OpenFile]] = {}
    for file in files:
        groups.setdefault((file.release, file.collection, file.group), []).append(file)
    for (release, collection, group), members in sorted(groups.items()):
        typer.echo(
            f"{release} {collection:<15} {group:<16} {len(members):>4} files {_size(members):>15}"
        )
